const store = {
  store: {
    address: "Endereço",
    age: "Idade mínima",
    ageAsk: "Perguntar a idade antes de mostrar a loja",
    ageText: "Para artigos que só se vendem a partir de certa idade.",
    city: "Localidade",
    complaintsBook: "Livro de reclamações",
    complaintsBookHint: "Vazio: o livro de reclamações eletrónico comum.",
    contact: "A loja",
    contactText: "O que os clientes veem e como o contactam.",
    country: "País",
    disputeBody: "Entidade de resolução alternativa de litígios",
    disputeUrl: "Página da entidade",
    disputes: "Reclamações e litígios",
    disputesText:
      "A lei pede que a loja indique a entidade de resolução alternativa de litígios a que aderiu.",
    email: "E-mail de contacto",
    legal: "Dados legais",
    legalName: "Denominação social",
    legalText: "Quem vende, como a lei pede que se diga.",
    line1: "Morada",
    line2: "Morada (continuação)",
    minimumAge: "Idade, em anos",
    name: "Nome da loja",
    phone: "Telefone",
    postcode: "Código postal",
    taxNumber: "NIF",
  },
};

export default store;
