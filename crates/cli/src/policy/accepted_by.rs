//! One policy for several systems: the passwords that all of them accept.

use clap::Args;
use sip_password::{CharSet, IntersectionConflict, IntersectionError, Policy, PolicyError};

use super::{
    NamedPolicy,
    known::{KnownOrFile, KnownOrFileParser},
    max_states,
    options::{FILES, PolicySource},
};
use crate::{error::CommandError, progress::while_waiting};

#[derive(Args)]
pub(crate) struct AcceptedBy {
    /// Only passwords that this system accepts too: a name of explain --all, or a policy file whose name ends with .toml; can be given several
    /// times, or as a list with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = KnownOrFileParser, hide_possible_values = true, group = FILES)]
    accepted_by: Vec<KnownOrFile>,
}

impl AcceptedBy {
    pub(crate) fn is_given(&self) -> bool {
        !self.accepted_by.is_empty()
    }

    /// The policies of the option, in the order of the command line.
    pub(crate) fn policies(&self, source: &PolicySource) -> Result<Vec<NamedPolicy>, CommandError> {
        let policy = |one: &KnownOrFile| match one {
            KnownOrFile::Known(known) => Ok(NamedPolicy::from(*known)),
            KnownOrFile::File(path) => NamedPolicy::read(path, source.allow_slow()),
        };
        self.accepted_by.iter().map(policy).collect()
    }

    /// The policy of the passwords that the policy and every system of the option accept.
    #[cfg(feature = "submit")]
    pub(crate) fn of(&self, named: NamedPolicy, source: &PolicySource) -> Result<NamedPolicy, CommandError> {
        Ok(self.or_none(Some(named), source)?.expect("there is at least the policy"))
    }

    /// The policy of the passwords that the policy and every system of the option accept; without a policy, that of the systems, or none.
    pub(crate) fn or_none(
        &self,
        named: Option<NamedPolicy>,
        source: &PolicySource,
    ) -> Result<Option<NamedPolicy>, CommandError> {
        let mut all: Vec<_> = named.into_iter().chain(self.policies(source)?).collect();
        if all.len() < 2 {
            return Ok(all.pop());
        }
        let both = while_waiting("counting the passwords that all of them accept", || {
            intersection(&all, max_states(source.allow_slow()))
        });
        let (both, lifted) = both.map_err(|error| refused(&all, error))?;
        let names: Vec<&str> = all.iter().map(NamedPolicy::name).collect();
        let notes = all.iter().flat_map(|one| {
            let source = Some(one.source()).filter(|source| !source.is_empty());
            let what = format!("{}: {}{}", one.name(), source.unwrap_or(one.title()), one.described());
            let notes = one.notes().iter().map(move |note| format!("{}: {note}", one.name()));
            [what].into_iter().chain(notes)
        });
        let lifted = (!lifted.is_empty()).then(|| {
            format!("These characters are generated because one of them requires some, though another's source does not name them: {lifted}")
        });
        let notes = lifted.into_iter().chain(notes);
        Ok(Some(NamedPolicy::made(
            both,
            &all,
            (names.join("+"), format!("passwords that {} all accept", listed(&names))),
            notes.collect(),
            format!("--accepted-by {}", names.join(",")),
        )))
    }
}

/// The intersection, and the characters that are generated only because a class of another policy has them: a system of the catalogue whose
/// source names no characters gets letters and digits, unless nothing could be generated then.
fn intersection(all: &[NamedPolicy], max_states: usize) -> Result<(Policy, CharSet), IntersectionError> {
    let policies: Vec<&Policy> = all.iter().map(NamedPolicy::policy).collect();
    let error = match Policy::intersection_within(&policies, max_states) {
        Ok(both) => return Ok((both, CharSet::EMPTY)),
        Err(error) => error,
    };
    let IntersectionConflict::Rules(PolicyError::NothingToGenerate { .. }) = error.conflict else {
        return Err(error);
    };
    let of_classes = |policy: &&Policy| {
        let classes = policy.classes().iter().map(|class| class.characters());
        classes.fold(CharSet::EMPTY, CharSet::union).intersection(policy.alphabet())
    };
    let wanted = policies.iter().map(of_classes).fold(CharSet::EMPTY, CharSet::union);
    let bolder = |named: &NamedPolicy| match named.is_cautious() {
        true => Policy::new(
            named.policy().rules().with_excluded(named.policy().rules().excluded().difference(wanted)),
        ),
        false => Ok(named.policy().clone()),
    };
    let bolder: Vec<_> = all.iter().map(bolder).collect::<Result<_, _>>().map_err(|_| error)?;
    let bolder: Vec<_> = bolder.iter().collect();
    let both = Policy::intersection_within(&bolder, max_states).map_err(|_| error)?;
    let cautious =
        policies.iter().map(|policy| policy.alphabet()).fold(both.alphabet(), CharSet::intersection);
    let lifted = both.alphabet().difference(cautious);
    Ok((both, lifted))
}

/// The two policies that conflict, by their names, and what may help.
fn refused(all: &[NamedPolicy], error: IntersectionError) -> CommandError {
    let names: Vec<&str> = match error.policies {
        Some((first, second)) => {
            [first, second].iter().filter_map(|&at| all.get(at)).map(NamedPolicy::name).collect()
        }
        None => all.iter().map(NamedPolicy::name).collect(),
    };
    let conflict = error.conflict;
    let hint = match conflict {
        IntersectionConflict::Classes | IntersectionConflict::MaxRun => {
            "; a stricter rule for one of them can help, and validate --accepted-by judges by each"
        }
        IntersectionConflict::States { .. } => "; --allow-slow counts them",
        _ => "",
    };
    CommandError::new(format!("--accepted-by: {}: {conflict}{hint}", listed(&names)))
}

/// `a, b and c`
fn listed(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}
