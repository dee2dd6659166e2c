import type pt from "../pt/categories.ts";

const categories: typeof pt = {
  categories: {
    delete: "Delete {{name}}",
    deleteText: "Its subcategories and products move one level up.",
    description: "Description (HTML)",
    edit: "Edit {{name}}",
    empty: "No categories yet",
    emptyText: "Categories help customers find your products.",
    name: "Name",
    new: "New category",
    parent: "Inside",
    position: "Position",
    root: "Top level",
    subtitle: "The tree that customers browse.",
  },
};

export default categories;
