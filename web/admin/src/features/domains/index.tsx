import { Button, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "~/lib/permissions.ts";
import { Section } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { Empty, Pager } from "~/ui/table.tsx";
import { domainsQuery } from "./api.ts";
import { AddDialog } from "./components/add_dialog.tsx";
import { DomainCard } from "./components/domain_card.tsx";

/** The store's own domains: what has to stand in DNS for each, and what stands there. */
export function DomainsPage({ after, onPage }: { after?: string; onPage: (after?: string) => void }) {
  const { t } = useTranslation();
  const canEdit = useMay()("settings.edit");
  const query = useQuery(domainsQuery(after));
  const [isAdding, setAdding] = useState(false);
  const add = canEdit && (
    <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
      {t("domains.add")}
    </Button>
  );
  return (
    <Stack>
      <Section title={t("domains.title")} text={t("domains.text")} actions={add || undefined}>
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t("domains.empty")} text={t("domains.emptyText")} />
            ) : (
              <Stack gap="xl">
                {items.map((domain) => (
                  <DomainCard key={domain.id} domain={domain} canEdit={canEdit} />
                ))}
              </Stack>
            )
          }
        </Loaded>
      </Section>
      <Pager shown={query.data?.items.length ?? 0} next={query.data?.next} after={after} onPage={onPage} />
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </Stack>
  );
}
