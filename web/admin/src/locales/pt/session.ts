const session = {
  expired: {
    submit: "Continuar",
    text: "A sessão de {{email}} terminou. Entre de novo: o que escreveu continua aqui.",
    title: "A sessão terminou",
  },
  signIn: {
    again: "Entrar de novo com a palavra-passe temporária",
    chooseSubmit: "Guardar e entrar",
    chooseText: "A palavra-passe temporária só serve para escolher a sua.",
    chooseTitle: "Escolha a sua palavra-passe",
    email: "E-mail",
    fault: {
      different: "As duas não são iguais.",
      tooLong: "No máximo 128 caracteres.",
      tooShort: "Pelo menos 8 caracteres.",
    },
    forgotten: "Esqueceu-se da palavra-passe? Peça outra ao dono da loja.",
    newPassword: "Nova palavra-passe",
    newPasswordHint: "8 a 128 caracteres.",
    password: "Palavra-passe",
    platform: "Sou da equipa da plataforma",
    repeat: "Repetir a nova palavra-passe",
    show: "Mostrar ou esconder a palavra-passe",
    store: "Loja",
    storeHint: "O nome no endereço da loja.",
    submit: "Entrar",
    text: "Gira a sua loja.",
    title: "Entrar",
  },
};

export default session;
