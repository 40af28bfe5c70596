//! The room `advisory`.
