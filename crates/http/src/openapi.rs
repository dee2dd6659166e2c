//! The OpenAPI 3.1 document of a service, made from the types of its handlers.

use serde::de::DeserializeOwned;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{
    HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn, Paths,
};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ComponentsBuilder, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Info, OpenApi, OpenApiBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, Server,
};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::audience::AudienceKind;
use crate::error::{FieldError, ProblemShape};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// The problems every route may answer with.
const PROBLEMS: [(&str, &str); 7] = [
    ("400", "The request is malformed."),
    ("404", "It does not exist, for this store."),
    ("413", "The body is too large."),
    ("422", "A value is not acceptable; errors names the fields."),
    (
        "429",
        "Too many requests; Retry-After says when to come back.",
    ),
    ("500", "The fault is ours."),
    (
        "503",
        "Not at the moment; Retry-After says when to come back.",
    ),
];
const PROBLEMS_OF_PEOPLE: [(&str, &str); 2] = [
    ("401", "No valid token."),
    ("403", "The role does not include it."),
];
const PROBLEM_OF_WRITES: (&str, &str) = ("409", "The present state does not allow it.");
const PROBLEM_OF_STAFF: (&str, &str) = ("410", "The store is closed for good.");
const PROBLEM_OF_BODIES: (&str, &str) = ("415", "The body is not application/json.");
const PROBLEMS_OF_VERSIONS: [(&str, &str); 2] = [
    (
        "412",
        "Someone else saved first; the member current has the present state.",
    ),
    ("428", "If-Match is missing."),
];

/// Paths and schemas as they are collected.
#[derive(Default)]
pub struct Document {
    paths: Paths,
    schemas: Schemas,
}

/// One operation while its inputs describe themselves.
pub struct OperationInput<'a> {
    path: &'a str,
    operation: &'a mut Operation,
    schemas: &'a mut Schemas,
    required: Required,
    writes: bool,
}

impl Document {
    /// Adds a handler's operation and answers its id.
    pub(crate) fn add<P: utoipa::Path + utoipa::__dev::SchemaReferences>(
        &mut self,
        tag: &str,
        method: HttpMethod,
        describe: fn(&mut OperationInput<'_>),
    ) -> String {
        let path = P::path();
        let mut operation = P::operation();
        operation.tags = Some(vec![tag.to_owned()]);
        P::schemas(&mut self.schemas);
        describe(&mut OperationInput {
            path: &path,
            operation: &mut operation,
            schemas: &mut self.schemas,
            required: Required::True,
            writes: !matches!(method, HttpMethod::Get | HttpMethod::Head),
        });
        describe_successes(&mut operation);
        let id = operation.operation_id.clone().unwrap_or_default();
        self.paths.add_path_operation(path, vec![method], operation);
        id
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.paths.merge(other.paths);
        self.schemas.extend(other.schemas);
    }

    /// The same operations under another prefix.
    pub(crate) fn place(&mut self, from: &str, to: &str) {
        let paths = std::mem::take(&mut self.paths.paths);
        let placed = paths.into_iter();
        self.paths.paths = placed
            .map(|(path, item)| (path.replacen(from, to, 1), item))
            .collect();
    }

    pub(crate) fn finish(mut self, service: &str) -> OpenApi {
        collect::<ProblemShape>(&mut self.schemas);
        collect::<FieldError>(&mut self.schemas);
        let bearer = |description: &str| {
            let http = HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("JWT");
            SecurityScheme::Http(http.description(Some(description)).build())
        };
        let components = ComponentsBuilder::new()
            .schemas_from_iter(self.schemas)
            .security_scheme("shopper", bearer("A customer's access token."))
            .security_scheme("staff", bearer("A staff member's access token."))
            .security_scheme(
                "sysadmin",
                bearer("An access token of the platform's people."),
            )
            .build();
        let mut info = Info::new(
            format!("Virtual Stores: {service}"),
            env!("CARGO_PKG_VERSION").to_owned(),
        );
        info.description = Some(format!("The public interface of the {service} service."));
        let mut here = Server::new("/");
        here.description = Some("The host that this document came from.".to_owned());
        OpenApiBuilder::new()
            .info(info)
            .servers(Some([here]))
            .paths(self.paths)
            .components(Some(components))
            .build()
    }
}

impl OperationInput<'_> {
    pub(crate) fn optional(&mut self, describe: fn(&mut OperationInput<'_>)) {
        describe(&mut OperationInput {
            path: self.path,
            operation: self.operation,
            schemas: self.schemas,
            required: Required::False,
            writes: self.writes,
        });
    }

    /// Security, `x-audience`, `x-permission`, and the problems that follow from them.
    pub(crate) fn audience(&mut self, kind: AudienceKind, permission: Option<&'static str>) {
        let scheme = |name: &str| SecurityRequirement::new(name, Vec::<String>::new());
        self.operation.security = match kind {
            AudienceKind::Public | AudienceKind::Webhook | AudienceKind::Internal => Some(vec![]),
            AudienceKind::Shopper => Some(vec![SecurityRequirement::default(), scheme("shopper")]),
            AudienceKind::Customer => Some(vec![scheme("shopper")]),
            AudienceKind::Staff => Some(vec![scheme("staff"), scheme("sysadmin")]),
            AudienceKind::Sysadmin => Some(vec![scheme("sysadmin")]),
        };
        let extensions = self.operation.extensions.get_or_insert_default();
        extensions.insert("x-audience".to_owned(), kind.as_str().into());
        if let Some(permission) = permission {
            extensions.insert("x-permission".to_owned(), permission.into());
        }
        let of_store = matches!(kind, AudienceKind::Shopper | AudienceKind::Customer);
        let known = of_store || matches!(kind, AudienceKind::Staff | AudienceKind::Sysadmin);
        let people = PROBLEMS_OF_PEOPLE.iter().filter(|_| known);
        let writes = Some(&PROBLEM_OF_WRITES).filter(|_| self.writes);
        let staff = Some(&PROBLEM_OF_STAFF).filter(|_| kind == AudienceKind::Staff);
        for problem in PROBLEMS.iter().chain(people).chain(writes).chain(staff) {
            self.problem(*problem);
        }
        if of_store {
            self.optional(|operation| {
                operation.header(
                    "X-Cart-Token",
                    "Proves a guest's cart: the token that its creation answered. Browsers may send the cookie instead.",
                );
            });
        }
        // Whoever needs no permission asks about themselves, and acts in no store.
        if permission.is_some() && kind == AudienceKind::Staff {
            self.optional(|operation| {
                operation.header(
                    "X-Tenant",
                    "The slug of the store to act in; for the platform's people, who must send it.",
                );
            });
        }
    }

    /// What `If-Match` can end in; a write that does not insist on it is never refused for its lack.
    pub(crate) fn problems_of_versions(&mut self) {
        let insists = self.required == Required::True;
        let problems = PROBLEMS_OF_VERSIONS.iter();
        for problem in problems.filter(|(status, _)| insists || *status != "428") {
            self.problem(*problem);
        }
    }

    fn problem(&mut self, (status, description): (&str, &str)) {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let problem = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content);
        let responses = &mut self.operation.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert_with(|| problem.build().into());
    }

    pub(crate) fn json_body<T: ToSchema + DeserializeOwned>(&mut self) {
        collect::<T>(self.schemas);
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(T::name())))
            .build();
        self.body(RequestBodyBuilder::new().content("application/json", content));
        self.problem(PROBLEM_OF_BODIES);
    }

    pub(crate) fn raw_body(&mut self) {
        let content = ContentBuilder::new().build();
        self.body(RequestBodyBuilder::new().content("*/*", content));
    }

    pub(crate) fn query_parameters<T: IntoParams>(&mut self) {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            self.parameter(parameter);
        }
    }

    /// Every `{name}` of the path; ids are UUIDs.
    pub(crate) fn path_parameters(&mut self) {
        let names = self
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        for name in names {
            let mut text = ObjectBuilder::new().schema_type(Type::String);
            if name == "id" || name.ends_with("_id") {
                text = text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
            }
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text));
            self.parameter(parameter.build());
        }
    }

    pub fn header(&mut self, name: &str, description: &str) {
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(self.required.clone())
            .description(Some(description))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        self.parameter(parameter.build());
    }

    pub(crate) fn page(&mut self) {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(100))
            .default(Some(20.into()));
        let text = ObjectBuilder::new().schema_type(Type::String);
        let fields = [
            ("limit", "How many at most.", limit),
            ("after", "The next of an earlier answer.", text),
        ];
        for (name, description, schema) in fields {
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(description))
                .schema(Some(schema));
            self.parameter(parameter.build());
        }
    }

    pub(crate) fn count(&mut self) {
        let flag = ObjectBuilder::new().schema_type(Type::Boolean);
        let parameter = ParameterBuilder::new()
            .name("count")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some("Whether to count those on all pages as well."))
            .schema(Some(flag));
        self.parameter(parameter.build());
    }

    /// What was said of the same thing before stays, unless it was said without a word of explanation.
    fn parameter(&mut self, parameter: Parameter) {
        let parameters = self.operation.parameters.get_or_insert_default();
        let same = parameters.iter_mut().find_map(|known| match known {
            RefOr::T(known)
                if known.name == parameter.name && known.parameter_in == parameter.parameter_in =>
            {
                Some(known)
            }
            _ => None,
        });
        match same {
            None => parameters.push(RefOr::T(parameter)),
            Some(known) if known.description.is_none() => *known = parameter,
            Some(_) => {}
        }
    }

    fn body(&mut self, body: RequestBodyBuilder) {
        let body: RequestBody = body.required(Some(self.required.clone())).build();
        self.operation.request_body.get_or_insert(RefOr::T(body));
    }
}

/// A response must have a description (OpenAPI 3.1 §4.8.17.1); a handler's annotation may leave it
/// out where the status says it all.
fn describe_successes(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if response.description.is_empty() {
            response.description = match status.as_str() {
                "201" => "It was created.",
                "202" => "It was accepted and will be done.",
                "204" => "It was done; there is nothing to tell.",
                "303" => "The answer is at the address in Location.",
                _ => "As asked for.",
            }
            .to_owned();
        }
    }
}

fn collect<T: ToSchema>(schemas: &mut Schemas) {
    let mut found = vec![(T::name().into_owned(), <T as PartialSchema>::schema())];
    T::schemas(&mut found);
    schemas.extend(found);
}
