import { queryOptions } from "@tanstack/react-query";
import type { mail } from "@virtual-stores/api-client";
import { answered, api, ifMatch, keyed } from "~/lib/api.ts";
import { queryClient } from "~/lib/queries.ts";
import type { MailSearch } from "./search.ts";

type Schemas = mail.components["schemas"];
export type MessageView = Schemas["MessageView"];
export type TemplateView = Schemas["TemplateView"];
export type Texts = Schemas["Texts"];

export const mailsQuery = (search: MailSearch & { order_id?: string }) =>
  queryOptions({
    queryKey: ["mails", "list", search],
    queryFn: ({ signal }) => {
      const query = { ...search, limit: 25 };
      return answered(api.GET("/api/mail/admin/messages", { params: { query }, signal }));
    },
    placeholderData: (before) => before,
  });

export const contentQuery = (id: string) =>
  queryOptions({
    queryKey: ["mails", "content", id],
    queryFn: ({ signal }) =>
      answered(api.GET("/api/mail/admin/messages/{id}/content", { params: { path: { id } }, signal })),
  });

export const usageQuery = queryOptions({
  queryKey: ["mails", "usage"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/admin/usage", { signal })),
});

export async function resendMail(id: string, key: string): Promise<void> {
  const params = { path: { id }, header: keyed(key) };
  await answered(api.POST("/api/mail/admin/messages/{id}/resend", { params }));
  await queryClient.invalidateQueries({ queryKey: ["mails", "list"] });
}

export const templatesQuery = queryOptions({
  queryKey: ["mails", "templates"],
  queryFn: ({ signal }) => answered(api.GET("/api/mail/admin/templates", { signal })),
});

export const templateQuery = (kind: string, locale: string) =>
  queryOptions({
    queryKey: ["mails", "template", kind, locale],
    queryFn: ({ signal }) => {
      const params = { path: { kind, locale } };
      return answered(api.GET("/api/mail/admin/templates/{kind}/{locale}", { params, signal }));
    },
  });

export const previewQuery = (kind: string, locale: string, body: Partial<Texts>) =>
  queryOptions({
    queryKey: ["mails", "preview", kind, locale, body],
    queryFn: ({ signal }) => {
      const params = { path: { kind, locale } };
      return answered(
        api.POST("/api/mail/admin/templates/{kind}/{locale}/preview", { params, body, signal }),
      );
    },
    placeholderData: (before) => before,
    retry: false,
  });

export async function saveTemplate(
  view: TemplateView,
  version: number,
  body: Partial<Texts>,
): Promise<TemplateView> {
  const params = { path: { kind: view.kind, locale: view.locale }, header: ifMatch(version) };
  const saved = await answered(api.PUT("/api/mail/admin/templates/{kind}/{locale}", { params, body }));
  queryClient.setQueryData(templateQuery(view.kind, view.locale).queryKey, saved);
  queryClient.invalidateQueries({ queryKey: templatesQuery.queryKey });
  return saved;
}

export async function deleteTemplate(view: TemplateView): Promise<void> {
  const params = { path: { kind: view.kind, locale: view.locale } };
  await answered(api.DELETE("/api/mail/admin/templates/{kind}/{locale}", { params }));
  await queryClient.invalidateQueries({ queryKey: ["mails"] });
}

/** Sends the saved words to whoever asks. */
export function testTemplate(view: TemplateView, key: string) {
  const params = { path: { kind: view.kind, locale: view.locale }, header: keyed(key) };
  return answered(api.POST("/api/mail/admin/templates/{kind}/{locale}/test", { params }));
}
