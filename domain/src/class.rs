//! What kind of abuse an event is: XARF v4.2 `category/type`.
