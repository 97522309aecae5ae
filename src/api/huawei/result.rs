//! The envelope of Huawei's replies: a result code and a message.

use std::string::String;

use zeroize::Zeroizing;

use crate::api::reply::{error::ReplyError, json::Json};

const CODE: &str = "resultCode";

/// `resultCode` and `resultMessage`.
///
/// The table of Huawei's page has them in an object `schema`, its example in the body itself. Both are read.
pub(super) struct ResultEnvelope<'a> {
    pub(super) code: Zeroizing<String>,
    pub(super) message: Option<Json<'a>>,
}

impl<'a> ResultEnvelope<'a> {
    pub(super) fn read(json: Json<'a>) -> Result<Self, ReplyError> {
        const MESSAGE: &str = "resultMessage";
        let [code, message, schema] = json.fields("the reply", [CODE, MESSAGE, "schema"])?;
        let (code, message) = match schema.filter(|schema| !schema.is_null()) {
            None => (code, message),
            Some(schema) => {
                let [inner_code, inner_message] = schema.fields("schema", [CODE, MESSAGE])?;
                if code.is_some() && inner_code.is_some() {
                    return Err(ReplyError::Duplicate { field: CODE });
                }
                (code.or(inner_code), message.or(inner_message))
            }
        };
        let code = code.ok_or(ReplyError::Missing { field: CODE })?;
        let code = code.text().ok_or(ReplyError::WrongType { field: CODE })?;
        Ok(Self { code, message })
    }
    /// Whether the vendor updated the password. By its page, the code is 0 "if the request is successful" and 1 "if the request
    /// fails"; another code proves neither.
    pub(super) fn is_success(&self) -> Result<bool, ReplyError> {
        match self.code.as_str() {
            "0" => Ok(true),
            "1" => Ok(false),
            _ => Err(ReplyError::UnknownValue { field: CODE }),
        }
    }
}
