//! From a path to its route: a tree of segments, literal ones before `{…}`.

use actix_web::http::Method;

/// Routes by path and method.
pub struct Router<T> {
    root: Node,
    values: Vec<T>,
}

#[derive(Default)]
struct Node {
    literals: Vec<(Box<str>, Node)>,
    parameter: Option<Box<Node>>,
    end: Option<End>,
}

struct End {
    names: Vec<Box<str>>,
    methods: Vec<(Method, usize)>,
}

/// A path that is known.
pub struct Found<'r, 'p, T> {
    /// Nothing when the path does not know the method.
    pub route: Option<&'r T>,
    /// What stands for each `{name}`, not decoded.
    pub parameters: Vec<(&'r str, &'p str)>,
    methods: &'r [(Method, usize)],
}

impl<T> Default for Router<T> {
    fn default() -> Self {
        Self {
            root: Node::default(),
            values: Vec::new(),
        }
    }
}

impl<T> Router<T> {
    /// # Panics
    /// When the path and method are there already: two handlers can not share them.
    pub fn insert(&mut self, path: &str, method: Method, value: T) {
        let mut node = &mut self.root;
        let mut names = Vec::new();
        for part in segments(path) {
            node = match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some(name) => {
                    names.push(Box::from(name));
                    node.parameter.get_or_insert_default()
                }
                None => node.literal(part),
            };
        }
        let end = node.end.get_or_insert_with(|| End {
            names,
            methods: Vec::new(),
        });
        let taken = end.methods.iter().any(|(known, _)| *known == method);
        assert!(!taken, "two handlers for {method} {path}");
        end.methods.push((method, self.values.len()));
        self.values.push(value);
    }

    /// The route of a path; a GET route also answers HEAD.
    pub fn find<'r, 'p>(&'r self, path: &'p str, method: &Method) -> Option<Found<'r, 'p, T>> {
        let mut texts = Vec::new();
        let end = self.root.find(path.strip_prefix('/')?, &mut texts)?;
        let of = |wanted: &Method| end.methods.iter().find(|(known, _)| known == wanted);
        let of_head = || {
            if method == Method::HEAD {
                of(&Method::GET)
            } else {
                None
            }
        };
        let route = of(method)
            .or_else(of_head)
            .and_then(|(_, index)| self.values.get(*index));
        let names = end.names.iter().map(|name| &**name);
        Some(Found {
            route,
            parameters: names.zip(texts).collect(),
            methods: &end.methods,
        })
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }
}

impl<T> Found<'_, '_, T> {
    /// For the header `Allow`.
    pub fn allowed(&self) -> String {
        let mut names: Vec<&str> = self
            .methods
            .iter()
            .map(|(method, _)| method.as_str())
            .collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.push("OPTIONS");
        names.join(", ")
    }
}

impl Node {
    fn literal(&mut self, text: &str) -> &mut Self {
        let at = match self.literals.iter().position(|(known, _)| **known == *text) {
            Some(at) => at,
            None => {
                self.literals.push((text.into(), Self::default()));
                self.literals.len() - 1
            }
        };
        let (_, node) = self
            .literals
            .get_mut(at)
            .expect("it was found or just added");
        node
    }

    /// Depth is bounded by the tree's, whatever the path.
    fn find<'n, 'p>(&'n self, rest: &'p str, texts: &mut Vec<&'p str>) -> Option<&'n End> {
        let (part, after) = match rest.split_once('/') {
            Some((part, after)) => (part, Some(after)),
            None => (rest, None),
        };
        let go_on = |node: &'n Self, texts: &mut Vec<&'p str>| match after {
            Some(after) => node.find(after, texts),
            None => node.end.as_ref(),
        };
        for (known, node) in &self.literals {
            if **known == *part {
                let end = go_on(node, texts);
                if end.is_some() {
                    return end;
                }
            }
        }
        let node = self.parameter.as_deref().filter(|_| !part.is_empty())?;
        texts.push(part);
        let end = go_on(node, texts);
        if end.is_none() {
            texts.pop();
        }
        end
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router<u32> {
        let mut router = Router::default();
        router.insert("/api/products", Method::GET, 1);
        router.insert("/api/products", Method::POST, 2);
        router.insert("/api/products/{id}", Method::GET, 3);
        router.insert("/api/products/export", Method::GET, 4);
        router.insert("/api/{kind}/{id}/lines", Method::GET, 5);
        router
    }

    #[test]
    fn literal_segments_come_before_parameters() {
        let router = router();
        let find = |path, method| {
            let found = router.find(path, &method)?;
            Some((found.route.copied(), found.parameters))
        };
        assert_eq!(find("/api/products", Method::GET), Some((Some(1), vec![])));
        assert_eq!(find("/api/products", Method::HEAD), Some((Some(1), vec![])));
        assert_eq!(find("/api/products", Method::DELETE), Some((None, vec![])));
        assert_eq!(
            find("/api/products/7", Method::GET),
            Some((Some(3), vec![("id", "7")]))
        );
        assert_eq!(
            find("/api/products/export", Method::GET),
            Some((Some(4), vec![]))
        );
        let lines = vec![("kind", "products"), ("id", "7")];
        assert_eq!(
            find("/api/products/7/lines", Method::GET),
            Some((Some(5), lines))
        );
        for unknown in [
            "",
            "/",
            "/api",
            "/api/products/",
            "/api/products/7/x",
            "api/products",
        ] {
            assert_eq!(find(unknown, Method::GET), None, "{unknown}");
        }
    }
}
