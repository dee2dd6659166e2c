import type pt from "../pt/staff.ts";

const staff: typeof pt = {
  staff: {
    editOf: "Edit {{name}}",
    email: "E-mail",
    endsSessions: "With another role or without access, the person's sessions end at once.",
    invite: "Invite",
    kept: "I have kept it",
    maySignIn: "May sign in",
    name: "Name",
    passwordText: "Give it to {{email}}. It is shown only now, works for 24 hours and asks for another.",
    passwordTitle: "Temporary password of {{name}}",
    remove: "Remove",
    removeOf: "Remove {{name}}",
    removeText: "The sessions end at once. What the person did stays in the trail.",
    removeTitle: "Remove {{name}}?",
    renew: "New password",
    renewText: "The present password stops working, and the sessions end.",
    renewTitle: "A new password for {{name}}?",
    role: "Role",
    roleTexts: {
      accounting: "Payments, refunds, invoices and the trail.",
      catalog: "Products, categories and stock.",
      fulfilment: "Orders, shipping and stock.",
      manager: "All but payments, people, plan and imports.",
      owner: "Everything.",
      viewer: "Sees, and changes nothing.",
    },
    signsInAt: "Signs in at",
    since: "Since",
    text: "Who comes into this store's panel, and what they may do.",
    title: "People",
  },
};

export default staff;
