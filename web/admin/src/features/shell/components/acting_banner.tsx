import { Button, Group, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { actIn, useActing } from "~/lib/acting.ts";
import { queryClient } from "~/lib/queries.ts";

/** One of the platform's people is in a store that is not theirs: it is said on every page. */
export function ActingBanner() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const acting = useActing();
  if (!acting) {
    return null;
  }
  const leave = async () => {
    await navigate({ to: "/platform/tenants/$id", params: { id: acting.id } });
    actIn(null);
    queryClient.clear();
  };
  return (
    <Group className="card acting" justify="space-between" px="md" py="xs" mb="lg" role="status">
      <Text size="sm" fw={500}>
        {t("acting.text", { name: acting.name })}
      </Text>
      <Button size="xs" variant="white" color="dark.9" onClick={leave}>
        {t("acting.leave")}
      </Button>
    </Group>
  );
}
