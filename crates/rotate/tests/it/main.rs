//! The rotation, through its public interface: at a vendor that is made up here, and with the built-in fleets.

mod accounts;
mod anchors;
mod columns;
mod contradictions;
mod corrections;
mod fleets;
mod integrity;
mod journal;
mod lockout;
mod messages;
mod names;
mod pace;
mod provisioning;
mod run;
mod vendor;
mod words;
