//! Tells nothing from null: `None` at the top of what a handler returns emits nothing, a `serde_json::Value::Null` emits
//! the payload `null`. Serde writes both as null, but they ask for it by different names.

use std::any::type_name;

use serde::ser::{Serialize, Serializer};

type Bytes<'a> = &'a mut Vec<u8>;

/// The JSON text of what a handler returned; none for `None` and `()`.
pub(crate) fn encode_optional<T: Serialize>(value: &T) -> serde_json::Result<Option<String>> {
    // A unit asks in the same way as a null does.
    if type_name::<T>() == type_name::<()>() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut none = false;
    value.serialize(Top {
        json: &mut serde_json::Serializer::new(&mut bytes),
        none: &mut none,
    })?;
    Ok((!none).then(|| String::from_utf8(bytes).expect("JSON is written in UTF-8")))
}

/// Notes a `None`, and leaves everything else to the writer of JSON.
struct Top<'a, 'b> {
    json: &'a mut serde_json::Serializer<Bytes<'b>>,
    none: &'a mut bool,
}

/// Methods that are the writer's own.
macro_rules! same {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $name(self, $($argument: $type),*) -> Result<$result, Self::Error> {
            self.json.$name($($argument),*)
        }
    )*};
}

impl<'a, 'b> Serializer for Top<'a, 'b> {
    type Ok = ();
    type Error = serde_json::Error;
    type SerializeSeq = <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeSeq;
    type SerializeTuple = <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeTuple;
    type SerializeTupleStruct =
        <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeTupleStruct;
    type SerializeTupleVariant =
        <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeTupleVariant;
    type SerializeMap = <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeMap;
    type SerializeStruct =
        <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeStruct;
    type SerializeStructVariant =
        <&'a mut serde_json::Serializer<Bytes<'b>> as Serializer>::SerializeStructVariant;

    fn serialize_none(self) -> Result<(), Self::Error> {
        *self.none = true;
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Self::Error> {
        value.serialize(self.json)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        self.json.serialize_newtype_struct(name, value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Self::Error> {
        self.json
            .serialize_newtype_variant(name, index, variant, value)
    }

    same! {
        serialize_bool(value: bool) -> ();
        serialize_i8(value: i8) -> ();
        serialize_i16(value: i16) -> ();
        serialize_i32(value: i32) -> ();
        serialize_i64(value: i64) -> ();
        serialize_i128(value: i128) -> ();
        serialize_u8(value: u8) -> ();
        serialize_u16(value: u16) -> ();
        serialize_u32(value: u32) -> ();
        serialize_u64(value: u64) -> ();
        serialize_u128(value: u128) -> ();
        serialize_f32(value: f32) -> ();
        serialize_f64(value: f64) -> ();
        serialize_char(value: char) -> ();
        serialize_str(value: &str) -> ();
        serialize_bytes(value: &[u8]) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(name: &'static str) -> ();
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> ();
        serialize_seq(length: Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(length: usize) -> Self::SerializeTuple;
        serialize_tuple_struct(name: &'static str, length: usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize)
            -> Self::SerializeTupleVariant;
        serialize_map(length: Option<usize>) -> Self::SerializeMap;
        serialize_struct(name: &'static str, length: usize) -> Self::SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize)
            -> Self::SerializeStructVariant;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json, value::RawValue};

    use super::*;

    fn text(value: impl Serialize) -> Option<String> {
        encode_optional(&value).unwrap()
    }

    #[test]
    fn nothing_is_not_null() {
        assert_eq!(text(None::<u32>), None);
        assert_eq!(text(()), None);
        assert_eq!(text(Value::Null).as_deref(), Some("null"));
        assert_eq!(text(Some(Value::Null)).as_deref(), Some("null"));
        assert_eq!(text(Some(None::<u32>)).as_deref(), Some("null"));
        assert_eq!(text([None::<u32>]).as_deref(), Some("[null]"));
    }

    #[test]
    fn everything_else_is_as_serde_writes_it() {
        #[derive(serde::Serialize)]
        enum Shape {
            Unit,
            One(u8),
            Two(u8, i128),
            Named { f: f32 },
        }
        #[derive(serde::Serialize)]
        struct Wrapped<T>(T);
        fn check(value: impl Serialize) {
            assert_eq!(text(&value), Some(serde_json::to_string(&value).unwrap()));
        }
        check(json!({ "a": [1, -2, 0.5, "x", true, null] }));
        check([
            Shape::Unit,
            Shape::One(1),
            Shape::Two(2, -3),
            Shape::Named { f: 0.1 },
        ]);
        check(Shape::Unit);
        check(Shape::One(1));
        check(Shape::Two(2, -3));
        check(Shape::Named { f: 0.1 });
        check(Wrapped('c'));
        check(Wrapped(None::<u8>));
        check((1u8, 2i8, 3u16, 4i16));
        check(BTreeMap::from([("k", 1u64)]));
        check(RawValue::from_string("1e400".into()).unwrap());
        for wide in [u128::MAX, 0] {
            check(wide);
        }
        check(f64::NAN);
    }

    #[test]
    fn what_json_cannot_say_is_an_error() {
        let keyed = BTreeMap::from([(vec![1], 1)]);
        assert!(encode_optional(&keyed).is_err());
    }
}
