//! The tree of categories.

use std::collections::BTreeMap;

use kernel::{CategoryId, Slug};
use time::OffsetDateTime;

use super::{html, slug};

/// Categories of one store.
pub const CATEGORIES_MAX: usize = 1_000;
/// A category's distance from the root, itself counted.
pub const DEPTH_MAX: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub id: CategoryId,
    pub version: i64,
    pub parent: Option<CategoryId>,
    /// Among its siblings.
    pub position: i32,
    pub slug: Slug,
    pub name: String,
    /// Clean.
    pub description_html: String,
    pub seo_title: String,
    pub seo_description: String,
    pub changed_at: OffsetDateTime,
}

/// A category as a merchant writes it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub name: String,
    /// Made of the name when absent; a category that has one keeps it.
    pub slug: Option<Slug>,
    pub parent: Option<CategoryId>,
    pub position: i32,
    pub description_html: String,
    pub seo_title: String,
    pub seo_description: String,
}

/// Why a category was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CategoryError {
    #[error("1 to 100 characters")]
    NoName,
    #[error("no address can be made of this name; write one")]
    NoSlug,
    #[error("at most 65,536 bytes")]
    LongDescription,
    #[error(transparent)]
    Tree(#[from] TreeError),
}

impl Draft {
    /// Makes the category: a new one, or the next version of `before`.
    pub fn build(
        self,
        before: Option<&Category>,
        now: OffsetDateTime,
    ) -> Result<Category, CategoryError> {
        let name = self.name.trim().to_owned();
        if name.is_empty() {
            return Err(CategoryError::NoName);
        }
        let slug = self
            .slug
            .or_else(|| before.map(|category| category.slug.clone()))
            .or_else(|| slug::of_title(&name))
            .ok_or(CategoryError::NoSlug)?;
        let description_html = html::clean(&self.description_html);
        if description_html.len() > html::HTML_BYTES_MAX {
            return Err(CategoryError::LongDescription);
        }
        Ok(Category {
            id: before.map_or_else(CategoryId::new, |category| category.id),
            version: before.map_or(1, |category| category.version + 1),
            parent: self.parent,
            position: self.position,
            slug,
            name,
            description_html,
            seo_title: self.seo_title,
            seo_description: self.seo_description,
            changed_at: now,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    #[error("a store has at most {CATEGORIES_MAX} categories")]
    TooMany,
    #[error("the parent is not a category of this store")]
    UnknownParent,
    #[error("a category cannot be below itself")]
    Cycle,
    #[error("categories are at most {DEPTH_MAX} levels deep")]
    TooDeep,
}

/// Child → parent, for all categories of a store.
#[derive(Clone, Debug, Default)]
pub struct Tree(pub BTreeMap<CategoryId, Option<CategoryId>>);

impl Tree {
    pub fn of(categories: &[Category]) -> Self {
        Self(
            categories
                .iter()
                .map(|category| (category.id, category.parent))
                .collect(),
        )
    }

    /// Adds `id` below `parent`, when there is room for one more.
    pub fn grow(&mut self, id: CategoryId, parent: Option<CategoryId>) -> Result<(), TreeError> {
        if self.0.len() >= CATEGORIES_MAX {
            return Err(TreeError::TooMany);
        }
        self.place(id, parent)
    }

    /// Puts `id` below `parent`, when that leaves a tree.
    pub fn place(&mut self, id: CategoryId, parent: Option<CategoryId>) -> Result<(), TreeError> {
        if let Some(parent) = parent {
            if parent == id {
                return Err(TreeError::Cycle);
            }
            if !self.0.contains_key(&parent) {
                return Err(TreeError::UnknownParent);
            }
            if self.ancestors(parent).any(|ancestor| ancestor == id) {
                return Err(TreeError::Cycle);
            }
        }
        self.0.insert(id, parent);
        let deepest = self
            .below(id)
            .into_iter()
            .map(|id| self.ancestors(id).count() + 1)
            .max();
        if deepest.unwrap_or(0) > DEPTH_MAX {
            Err(TreeError::TooDeep)
        } else {
            Ok(())
        }
    }

    /// The category itself and everything under it.
    pub fn below(&self, id: CategoryId) -> Vec<CategoryId> {
        let is_below = |other: &CategoryId| {
            *other == id || self.ancestors(*other).any(|ancestor| ancestor == id)
        };
        self.0.keys().copied().filter(is_below).collect()
    }

    /// From the parent up. Ends even if rows were wrong.
    fn ancestors(&self, id: CategoryId) -> impl Iterator<Item = CategoryId> {
        let parent = |id: &CategoryId| self.0.get(id).copied().flatten();
        std::iter::successors(parent(&id), parent).take(CATEGORIES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_never_stands_below_itself() {
        let (a, b, c) = (CategoryId::new(), CategoryId::new(), CategoryId::new());
        let mut tree = Tree::default();
        tree.place(a, None).unwrap();
        tree.place(b, Some(a)).unwrap();
        tree.place(c, Some(b)).unwrap();
        assert_eq!(tree.place(a, Some(c)), Err(TreeError::Cycle));
        assert_eq!(tree.place(a, Some(a)), Err(TreeError::Cycle));
        assert_eq!(
            tree.place(a, Some(CategoryId::new())),
            Err(TreeError::UnknownParent)
        );
        assert_eq!(tree.below(b).len(), 2);
    }

    #[test]
    fn a_store_has_a_thousand_categories_at_most() {
        let mut tree = Tree::default();
        for _ in 0..CATEGORIES_MAX {
            tree.grow(CategoryId::new(), None).unwrap();
        }
        assert_eq!(tree.grow(CategoryId::new(), None), Err(TreeError::TooMany));
    }

    #[test]
    fn a_tree_does_not_grow_too_deep() {
        let mut tree = Tree::default();
        let mut parent = None;
        for _ in 0..DEPTH_MAX {
            let id = CategoryId::new();
            tree.place(id, parent).unwrap();
            parent = Some(id);
        }
        assert_eq!(
            tree.place(CategoryId::new(), parent),
            Err(TreeError::TooDeep)
        );
    }
}
