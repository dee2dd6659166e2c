const payments = {
  payments: {
    attempt: "Tentativa",
    declines: "Recusas",
    details: "Detalhes",
    detailsOf: "Detalhes do pagamento de {{number}}",
    disputes: "Contestações",
    dueBy: "resposta até {{at}}",
    empty: "Ainda não há pagamentos",
    emptyText: "Cada tentativa de pagamento fica aqui registada.",
    fee: "Comissão",
    notReady: "A loja ainda não pode receber pagamentos",
    notReadyText: "Falta concluir o registo no Stripe.",
    order: "Encomenda",
    setUp: "Concluir registo",
    subtitle: "Cada tentativa de pagar uma encomenda.",
  },
};

export default payments;
