//! `sip-password submit` against the fake servers: the exit status says what is true of the phone, the file has its password
//! whatever happens, and no secret is in any output.

mod dry_run;
mod durability;
mod help;
mod hooks;
mod huawei;
mod outcomes;
mod passwords;
mod proxies;
mod registrar;
mod secrets;
mod setting;
mod templates;
mod usage;
