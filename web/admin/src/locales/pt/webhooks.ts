const webhooks = {
  webhooks: {
    attempts_one: "{{count}} tentativa",
    attempts_other: "{{count}} tentativas",
    deleteText: "{{url}} deixa de ser avisado e o registo é apagado.",
    deleteTitle: "Eliminar este webhook?",
    deliveries: "Entregas",
    deliveriesOf: "Entregas a {{url}}",
    description: "Descrição",
    edit: "Editar webhook",
    empty: "Ainda não há webhooks",
    emptyText: "Avise os seus programas quando algo acontece na loja.",
    enabled: "Ligado",
    failing: "A falhar",
    kept: "Já guardei",
    new: "Novo webhook",
    noDeliveries: "Ainda não houve entregas",
    off: { failing: "Desligado: falhou três dias", gone: "Desligado: respondeu 410" },
    resend: "Reenviar",
    rotate: "Novo segredo",
    secretText:
      "Guarde-o agora: não volta a ser mostrado. Com ele os seus programas confirmam que o aviso é nosso.",
    secretTitle: "O segredo do webhook",
    test: "Testar",
    text: "Endereços que são avisados do que acontece, com assinatura.",
    title: "Webhooks",
    types: "Eventos",
    url: "Endereço",
  },
};

export default webhooks;
