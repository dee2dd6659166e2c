import { useTranslation } from "react-i18next";

/** A mail's HTML where it can do nothing: no scripts, no forms, no way to this page. */
export function MailFrame({ html }: { html: string }) {
  const { t } = useTranslation();
  return (
    <iframe
      title={t("mails.preview")}
      srcDoc={html}
      sandbox=""
      style={{
        width: "100%",
        height: 560,
        border: "1px solid var(--stores-line)",
        borderRadius: 8,
        background: "#fff",
      }}
    />
  );
}
