const audit = {
  audit: {
    action: "O quê",
    at: "Quando",
    byPlatform: "em nome da plataforma",
    change: "Alteração",
    empty: "Ainda não há nada no registo",
    fields_one: "{{count}} campo",
    fields_other: "{{count}} campos",
    from: "De",
    platformText: "O que foi feito na própria plataforma, ou numa loja.",
    tenant: "Loja",
    tenantHint: "O identificador da loja; vazio para a própria plataforma.",
    text: "Quem fez o quê, quando e a partir de onde.",
    title: "Registo",
    to: "Até",
    who: "Quem",
  },
};

export default audit;
