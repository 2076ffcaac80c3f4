//! Generates a program that uses the whole interface of a model.

use std::collections::BTreeSet;
use std::fmt::Write;

use osc_codegen::ir::{
    Action, Api, Constructor, Direction, Enum, Field, Presence, Struct, Type, TypeDef, Values, WaiterSource,
};
use osc_codegen::{Change, ChangeKind, Diff, Impact};

/// The breaking changes of a report, by their pointers into the old description. A caller avoids them.
#[derive(Default)]
pub struct Broken {
    changes: Vec<(String, ChangeKind)>,
    /// Names of removed types.
    removed_types: BTreeSet<String>,
}

impl Broken {
    pub fn of(diff: &Diff) -> Self {
        let mut broken = Self::default();
        for Change { kind, path, at, old_at, old, .. } in diff.with_impact(Impact::Breaking) {
            let at = if path.starts_with("wait::") { path.as_str() } else { at.as_str() };
            let at = old_at.as_ref().map_or(at, |at| at.as_str());
            broken.changes.push((at.to_owned(), *kind));
            let name = |path: &str| path.trim_start_matches("types::").to_owned();
            match kind {
                ChangeKind::TypeRemoved | ChangeKind::TypeKind => _ = broken.removed_types.insert(name(path)),
                ChangeKind::TypeRenamed => _ = broken.removed_types.insert(name(old.as_ref().unwrap())),
                _ => {}
            }
        }
        broken
    }

    fn has(&self, at: &str, kinds: &[ChangeKind]) -> bool {
        self.changes.iter().any(|(other, kind)| other == at && (kinds.is_empty() || kinds.contains(kind)))
    }

    /// Whether a type, or the type of its elements, was removed.
    fn is_removed(&self, ty: &Type) -> bool {
        match ty {
            Type::List(inner) | Type::Map(inner) => self.is_removed(inner),
            Type::Named(name) | Type::Boxed(name) | Type::Identifier(name) => {
                self.removed_types.contains(name)
            }
            _ => false,
        }
    }
}

/// The functions of a caller. They require a preceding `use … as api`.
pub fn caller(api: &Api, broken: &Broken) -> String {
    let mut text = String::from(
        "use api::modules::{action, types};\n\
         use osc_api::__private::serde::{Serialize, de::DeserializeOwned};\n\
         fn common<T: Clone + std::fmt::Debug + PartialEq + Send + Sync + 'static>() {}\n\
         fn default<T: Default>() {}\n\
         fn sent<T: Serialize>() {}\n\
         fn received<T: DeserializeOwned>() {}\n\
         fn pages<R: api::Paginated<Item = T>, T>() {}\n\
         fn marker<A: osc_api::action::Action<Request = Q, Response = R>, Q, R>() {}\n",
    );
    let mut functions = Functions { text: &mut text, count: 0 };
    for module in &api.modules {
        for definition in
            module.types.iter().filter(|definition| !broken.removed_types.contains(definition.name()))
        {
            match definition {
                TypeDef::Struct(definition) => structure(definition, broken, &mut functions),
                TypeDef::Enum(definition) => enumeration(definition, broken, &mut functions),
                TypeDef::Identifier(definition) => {
                    let name = format!("types::{}", definition.name);
                    functions.add(
                        "",
                        "()",
                        &format!("common::<{name}>(); sent::<{name}>(); received::<{name}>()"),
                    );
                    functions.add("text: &str", &name, "text.into()");
                }
                TypeDef::Alias(alias) => {
                    if !broken.has(alias.at.as_str(), &[]) && !broken.is_removed(&alias.ty) {
                        functions.add(&format!("value: types::{}", alias.name), &ty(&alias.ty), "value");
                    }
                }
            }
        }
        module.actions.iter().for_each(|action| self::action(action, broken, &mut functions));
    }
    api.waiters.iter().for_each(|listing| waiters(listing, broken, &mut functions));
    for code in &api.codes {
        if !broken.has(&format!("#/{}", code.number), &[ChangeKind::CodeRemoved]) {
            functions.add("", "u32", &format!("api::modules::codes::{}", code.constant));
        }
    }
    text
}

struct Functions<'a> {
    text: &'a mut String,
    count: usize,
}

impl Functions<'_> {
    fn add(&mut self, arguments: &str, output: &str, body: &str) {
        self.count += 1;
        writeln!(self.text, "pub fn f{}({arguments}) -> {output} {{ {body} }}", self.count).unwrap();
    }
}

fn ty(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::I32 => "i32".to_owned(),
        Type::I64 => "i64".to_owned(),
        Type::F64 => "f64".to_owned(),
        Type::String => "String".to_owned(),
        Type::Secret => "api::Secret".to_owned(),
        Type::Date => "api::Date".to_owned(),
        Type::DateTime => "api::DateTime".to_owned(),
        Type::DateOrDateTime => "api::DateOrDateTime".to_owned(),
        Type::Json => "api::serde_json::Value".to_owned(),
        Type::List(element) => format!("Vec<{}>", self::ty(element)),
        Type::Map(element) => format!("std::collections::BTreeMap<String, {}>", self::ty(element)),
        Type::Named(name) | Type::Identifier(name) => format!("types::{name}"),
        Type::Boxed(name) => format!("Box<types::{name}>"),
    }
}

/// The type of a field.
fn field_type(field: &Field) -> String {
    let inner = ty(&field.ty);
    match field.presence {
        Presence::Always | Presence::Empty => inner,
        Presence::Optional => format!("Option<{inner}>"),
        Presence::Nullable => format!("api::Nullable<{inner}>"),
    }
}

/// The type of the argument of `new` and of the setter.
fn argument_type(field: &Field) -> String {
    match (&field.ty, field.presence) {
        (_, Presence::Nullable) => field_type(field),
        (Type::Boxed(name), _) => format!("types::{name}"),
        (other, _) => ty(other),
    }
}

fn structure(definition: &Struct, broken: &Broken, functions: &mut Functions<'_>) {
    let Struct { name, at, direction, fields, .. } = definition;
    functions.add("", "()", &format!("common::<types::{name}>()"));
    // A type with another direction may differ in everything else.
    if broken.has(at.as_str(), &[ChangeKind::TypeDirection]) {
        return;
    }
    let pointer = |field: &Field| at.at(&["properties", &field.wire]).as_str().to_owned();
    let prefix = format!("{}/properties/", at.as_str());
    let is_any = |kinds: &[ChangeKind]| {
        broken.changes.iter().any(|(at, kind)| at.starts_with(&prefix) && kinds.contains(kind))
    };
    if fields.iter().all(|field| field.presence != Presence::Always)
        && !is_any(&[ChangeKind::FieldAdded, ChangeKind::FieldRequired])
    {
        functions.add("", "()", &format!("default::<types::{name}>()"));
    }
    if *direction != Direction::Response {
        functions.add("", "()", &format!("sent::<types::{name}>()"));
    }
    if *direction != Direction::Request {
        functions.add("", "()", &format!("received::<types::{name}>()"));
    }
    for field in
        fields.iter().filter(|field| !broken.has(&pointer(field), &[]) && !broken.is_removed(&field.ty))
    {
        let (ident, ty) = (escaped(&field.ident), field_type(field));
        functions.add(&format!("value: &types::{name}"), &format!("&{ty}"), &format!("&value.{ident}"));
        if *direction != Direction::Response {
            let arguments = format!("value: types::{name}, new: {}", argument_type(field));
            let body = format!("value.{}(new)", escaped(&field.setter));
            functions.add(&arguments, &format!("types::{name}"), &body);
        }
    }
    let can_construct = !is_any(&[
        ChangeKind::FieldAdded,
        ChangeKind::FieldRemoved,
        ChangeKind::FieldRequired,
        ChangeKind::FieldNullable,
        ChangeKind::FieldType,
    ]) && !broken.has(at.as_str(), &[ChangeKind::Arguments])
        && !fields.iter().any(|field| field.required && broken.is_removed(&field.ty));
    if *direction != Direction::Response && can_construct {
        constructor(definition, functions);
    }
}

/// A call of `new` with its arguments.
fn constructor(definition: &Struct, functions: &mut Functions<'_>) {
    let name = &definition.name;
    let required: Vec<&Field> = definition.fields.iter().filter(|field| field.required).collect();
    let constructor = definition.constructor();
    let argument_type = |field: &Field| match constructor {
        Constructor::Named(_) => ty(&field.ty),
        _ => argument_type(field),
    };
    let arguments: Vec<String> =
        required.iter().enumerate().map(|(i, field)| format!("a{i}: {}", argument_type(field))).collect();
    let names = required.iter().enumerate().map(|(i, field)| match constructor {
        Constructor::Named(_) => format!("{}: a{i}", escaped(&field.ident)),
        _ => format!("a{i}"),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let body = match &constructor {
        Constructor::Named(required) => format!("types::{name}::new(types::{required} {{ {names} }})"),
        _ => format!("types::{name}::new({names})"),
    };
    functions.add(&arguments.join(", "), &format!("types::{name}"), &body);
}

/// The name as a Rust identifier, raw if it is a keyword.
fn escaped(name: &str) -> String {
    if syn::parse_str::<syn::Ident>(name).is_ok() { name.to_owned() } else { format!("r#{name}") }
}

fn enumeration(definition: &Enum, broken: &Broken, functions: &mut Functions<'_>) {
    let Enum { name, at, values, .. } = definition;
    let broken_value = |kinds: &[ChangeKind]| broken.has(at.join("enum").as_str(), kinds);
    let (variants, output, method): (Vec<&String>, _, _) = match values {
        Values::Text(values) => (values.iter().map(|(variant, _)| variant).collect(), "&str", "as_str"),
        Values::Integer(values) => (values.iter().map(|(variant, _)| variant).collect(), "i64", "as_i64"),
    };
    let path = format!("types::{name}");
    functions.add("", "()", &format!("common::<{path}>(); sent::<{path}>(); received::<{path}>()"));
    if broken.has(at.as_str(), &[ChangeKind::ValuesKind]) {
        return;
    }
    functions.add(&format!("value: &{path}"), output, &format!("value.{method}()"));
    functions.add(&format!("value: {output}"), &path, "value.into()");
    if !broken_value(&[ChangeKind::ValueRemoved, ChangeKind::ValueRenamed, ChangeKind::VariantName]) {
        let arms: String =
            variants.iter().map(|variant| format!("{path}::{} => 1, ", escaped(variant))).collect();
        functions.add(&format!("value: &{path}"), "u8", &format!("match value {{ {arms}_ => 2 }}"));
    }
}

fn action(action: &Action, broken: &Broken, functions: &mut Functions<'_>) {
    let Action { at, marker, method, request, response, pagination, .. } = action;
    let named = |name: &String| broken.is_removed(&Type::Named(name.clone()));
    let is_removed = [
        ChangeKind::ActionRemoved,
        ChangeKind::ActionRenamed,
        ChangeKind::ActionName,
        ChangeKind::ActionRequest,
        ChangeKind::ActionResponse,
    ];
    if broken.has(at.as_str(), &is_removed) || named(request) || named(response) {
        return;
    }
    let arguments = format!("client: &'a api::Client, request: &'a types::{request}");
    let output = format!("impl std::future::Future<Output = api::Result<types::{response}>> + 'a");
    functions.count += 1;
    let (count, text) = (functions.count, &mut *functions.text);
    writeln!(text, "pub fn f{count}<'a>({arguments}) -> {output} {{ client.{method}(request) }}").unwrap();
    let body = format!("marker::<action::{marker}, types::{request}, types::{response}>()");
    functions.add("", "()", &body);
    if let Some(pagination) = pagination
        && !broken.has(at.as_str(), &[ChangeKind::ActionPages])
        && !broken.is_removed(&pagination.item)
    {
        functions.add("", "()", &format!("pages::<types::{request}, {}>()", ty(&pagination.item)));
    }
}

fn waiters(listing: &WaiterSource, broken: &Broken, functions: &mut Functions<'_>) {
    for watched in &listing.watched {
        if broken.has(&format!("wait::{}", watched.function), &[]) {
            continue;
        }
        for goal in &watched.goals {
            let marker = format!("action::{}", listing.marker);
            let output = match goal.deleted {
                false => format!("api::wait::Waiter<{marker}>"),
                true => format!("api::wait::Waiter<{marker}, Option<types::{}>>", listing.item),
            };
            if !broken.has(&format!("wait::{}::{}", watched.type_, goal.method), &[]) {
                let body = format!("api::modules::waiters::{}(id).{}()", watched.function, goal.method);
                functions.add("id: String", &output, &body);
            }
        }
    }
}
