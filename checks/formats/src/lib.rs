//! Tests of the library's formats against the programs of others that read them: regular expressions, JSON Schema and TOML.
