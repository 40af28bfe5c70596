//! The room `discretion`.
