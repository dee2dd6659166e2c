const domains = {
  domains: {
    add: "Acrescentar domínio",
    addOther: "Acrescentar {{host}}",
    checked: "Visto em {{when}}",
    counterpart: "Há quem escreva {{host}}.",
    empty: "Ainda não há domínios próprios",
    emptyText: "A loja responde no endereço da plataforma. Com um domínio próprio, responde também aí.",
    found: "Encontrado",
    host: "Domínio",
    hostHint: "Sem https:// e sem caminho, como loja.example.pt.",
    kind: "Tipo",
    makePrimary: "Tornar principal",
    name: "Nome",
    noCertificate: "À espera do certificado",
    notLooked: "Ainda não se viu",
    nothing: "Nada",
    primary: "Principal",
    problems: {
      "address-elsewhere": "{{host}} aponta para outro lado. Deixe só os registos abaixo.",
      "address-missing": "{{host}} não aponta para lado nenhum. Acrescente os registos abaixo.",
      "authority-refused":
        "Os registos CAA do domínio não deixam letsencrypt.org emitir o certificado. Acrescente um que deixe.",
      "dns-away": "Os servidores de nomes de {{host}} não responderam. Volta-se a ver daqui a pouco.",
      "host-taken":
        "Outra loja tem {{host}}, e a prova dela está ao lado da sua. Retire o outro texto do registo TXT.",
      "proof-missing": "Falta o registo TXT que prova que {{host}} é seu.",
      "proof-wrong": "O registo TXT diz outra coisa.",
      "proven-by-another":
        "Outra loja provou que {{host}} é dela. Para o reaver, ponha o texto abaixo no lugar do outro.",
    },
    records: "Registos DNS",
    remove: "Retirar",
    removeText: "A loja deixa logo de responder neste domínio.",
    removeTitle: "Retirar {{host}}?",
    right: "Certo",
    states: {
      failing: "Aponta para outro lado",
      lost: "Perdido",
      pending: "À espera do DNS",
      verified: "Ligado",
    },
    text: "Escreva os registos no sítio onde registou o domínio. Assim que o DNS os disser, pede-se o certificado, e minutos depois a loja responde aí. Os outros endereços da loja levam ao principal.",
    title: "Domínios",
    value: "Valor",
    verify: "Verificar agora",
  },
};

export default domains;
