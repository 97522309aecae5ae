//! One call: read, carried out and answered, with its faults.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use super::{Shared, channel::Channel, delivery::deliver};
use crate::admin;
use crate::backend::{Answer, Backend, Entry, Outcome};
use crate::config::Vendor;
use crate::faults::{Call, Ending, Fault, Kind, Stage};
use crate::http::{Incoming, Reply, Request};
use crate::vendor::{alter, route};

/// Serves one call. Returns how the connection ends, if it does.
pub(super) fn call(
    shared: &Shared,
    connection: u64,
    channel: &mut Channel,
    incoming: &mut Incoming,
) -> io::Result<Option<Ending>> {
    let Some(head) = incoming.head(channel)? else { return Ok(Some(Ending::Farewell)) };
    if shared.gate.is_shut() || shared.gate.is_stopping() {
        return Ok(Some(Ending::Reset));
    }
    let keep_alive = head.keep_alive;
    let end = (!keep_alive).then_some(Ending::Farewell);
    let Some((vendor, call)) = route(&head.path) else {
        let request = incoming.body(head, channel)?;
        channel.send(&admin::answer(shared, &request).bytes(keep_alive))?;
        return Ok(end);
    };
    let context = Context { shared, connection, vendor, call };

    let fault = shared.backend().faults.headers(vendor, call);
    if let Some(ending) = context.strike(Stage::Headers, fault.as_ref(), &[]) {
        return Ok(Some(ending));
    }
    let request = incoming.body(head, channel)?;
    let accounts = Backend::names(vendor, call, &request);
    let fault = shared.backend().faults.call(vendor, call, &accounts);
    if let Some(ending) = context.strike(Stage::Request, fault.as_ref(), &accounts) {
        return Ok(Some(ending));
    }

    let mut reply = context.answer(&request, fault.as_ref(), &accounts);
    let kind = fault.as_ref().map(|fault| &fault.kind);
    if let Some(kind) = kind {
        alter(kind, vendor, call, &accounts, &mut reply);
    }
    deliver(shared, channel, kind, reply, keep_alive).map(|ending| ending.or(end))
}

/// Which call this is.
struct Context<'a> {
    shared: &'a Shared,
    connection: u64,
    vendor: Vendor,
    call: Call,
}

impl Context<'_> {
    /// Lets the fault strike if this is its stage. Returns how the connection ends, if it does.
    fn strike(&self, here: Stage, fault: Option<&Fault>, accounts: &[String]) -> Option<Ending> {
        match fault.map(|fault| &fault.kind) {
            Some(Kind::Break { stage, how }) if *stage == here => {
                let mut backend = self.shared.backend();
                let since_start = backend.since_start(Instant::now());
                backend.log_entry(self.entry(Outcome::Untouched, 0, fault, accounts, since_start));
                Some(*how)
            }
            Some(Kind::Stall { stage, time }) if *stage == here => {
                self.shared.gate.sleep(*time).then_some(Ending::Reset)
            }
            _ => None,
        }
    }

    /// Carries the call out, unless the fault prevents that. Returns the vendor's reply, or the one that replaces it.
    fn answer(&self, request: &Request, fault: Option<&Fault>, accounts: &[String]) -> Reply {
        let mut backend = self.shared.backend();
        let now = Instant::now();
        let is_prevented = fault.is_some_and(|fault| fault.kind.replaces_reply() && !fault.applied);
        let mut answer = if is_prevented {
            Answer::new(Outcome::Untouched, Reply::json(200, ""))
        } else {
            backend.answer(self.vendor, self.call, request, now)
        };
        let kind = fault.map(|fault| &fault.kind);
        match kind {
            Some(Kind::Status { status, headers, body }) => {
                let headers = headers.iter().map(|(name, value)| (name.clone().into(), value.clone()));
                answer.reply = Reply { status: *status, headers: headers.collect(), body: body.clone() };
            }
            Some(Kind::Html(status)) => answer.reply = Reply::new(*status, "text/html", html(*status)),
            Some(Kind::Redirect { status, to }) => {
                answer.reply = Reply::new(*status, "text/html", html(*status));
                answer.reply.set("Location", to.clone());
            }
            Some(Kind::RateLimited { form, wait }) => {
                answer.reply = backend.rate_limited(self.vendor, *form, *wait);
            }
            _ => {}
        }
        let status = match kind {
            Some(Kind::Raw(_) | Kind::Break { stage: Stage::Reply(0), .. }) => 0,
            _ => answer.reply.status,
        };
        let since_start = backend.since_start(now);
        let entry = self.entry(answer.outcome, status, fault, accounts, since_start);
        let extra_headers = request.head.extra_headers();
        backend.log_entry(Entry { passwords: answer.passwords, extra_headers, ..entry });
        answer.reply
    }

    fn entry(
        &self,
        outcome: Outcome,
        status: u16,
        fault: Option<&Fault>,
        accounts: &[String],
        since_start: Duration,
    ) -> Entry {
        Entry {
            at: SystemTime::now(),
            since_start,
            connection: self.connection,
            vendor: self.vendor,
            call: self.call,
            accounts: accounts.to_vec(),
            outcome,
            status,
            fault: fault.map(Fault::to_string),
            passwords: Vec::new(),
            extra_headers: Vec::new(),
        }
    }
}

fn html(status: u16) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
    )
}
