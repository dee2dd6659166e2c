const account = {
  account: {
    changed: "A palavra-passe foi alterada. As outras sessões terminaram.",
    current: "Palavra-passe atual",
    submit: "Alterar palavra-passe",
    text: "Ao alterar a palavra-passe, todas as outras sessões terminam.",
  },
};

export default account;
