import { Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loaded } from "~/ui/query.tsx";
import { contentQuery, type MessageView } from "../api.ts";
import { MailFrame } from "./mail_frame.tsx";

/** A mail as it was sent. */
export function MailDialog({ message, onClose }: { message: MessageView; onClose: () => void }) {
  const { t } = useTranslation();
  const query = useQuery(contentQuery(message.id));
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={600}>{t("mails.read")}</Text>}>
      <Loaded query={query}>
        {(content) => (
          <Stack>
            <dl className="facts">
              <dt>{t("mails.to")}</dt>
              <dd>{content.to}</dd>
              <dt>{t("mails.subject")}</dt>
              <dd>{content.subject}</dd>
            </dl>
            <MailFrame html={content.html} />
          </Stack>
        )}
      </Loaded>
    </Modal>
  );
}
