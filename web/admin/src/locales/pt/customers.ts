const customers = {
  customers: {
    consent: "Marketing",
    empty: "Ainda não há clientes importados",
    emptyText: "Aqui aparecem as contas trazidas de outra loja por uma importação.",
    groups: "Grupos",
    name: "Nome",
    search: "E-mail completo",
    since: "Desde",
    subtitle: "Contas trazidas de outra loja.",
    wholeEmail: "Escreva o endereço de e-mail completo.",
  },
};

export default customers;
