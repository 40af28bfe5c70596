//! The room `counterparts`.
