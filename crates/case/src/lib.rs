//! The room `case`.
