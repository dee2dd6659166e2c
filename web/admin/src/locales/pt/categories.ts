const categories = {
  categories: {
    delete: "Eliminar {{name}}",
    deleteText: "As subcategorias e os produtos passam para o nível acima.",
    description: "Descrição (HTML)",
    edit: "Editar {{name}}",
    empty: "Ainda não há categorias",
    emptyText: "As categorias ajudam os clientes a encontrar os seus produtos.",
    name: "Nome",
    new: "Nova categoria",
    parent: "Dentro de",
    position: "Posição",
    root: "Nível principal",
    subtitle: "A árvore por onde os clientes navegam.",
  },
};

export default categories;
