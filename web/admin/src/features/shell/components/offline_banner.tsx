import { Box } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { Notice } from "~/ui/notice.tsx";

export function OfflineBanner() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  if (online) {
    return null;
  }
  return (
    <Box mb="lg">
      <Notice tone="warn" title={t("problems.offlineTitle")}>
        {t("problems.offline")}
      </Notice>
    </Box>
  );
}
