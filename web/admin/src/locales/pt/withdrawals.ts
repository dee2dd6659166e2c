const withdrawals = {
  withdrawals: {
    all: "Todas",
    close: "Concluir",
    closeTitle: "Concluir a resolução da encomenda {{number}}",
    closeText: "Concluir não reembolsa: faça-o na encomenda.",
    closed: "Concluídas",
    customer: "Cliente",
    empty: "Não há declarações",
    emptyText: "Aqui aparecem as declarações de livre resolução dos clientes.",
    note: "Nota",
    open: "Por tratar",
    order: "Encomenda",
    overdue: "O prazo passou",
    part: "{{count}} artigos",
    received: "Recebida",
    refundBy: "Reembolsar até",
    text: "Declarações de livre resolução: o reembolso é devido em 14 dias.",
    what: "O quê",
    whole: "Encomenda completa",
  },
};

export default withdrawals;
