import { Grid, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useStoreCurrency } from "~/lib/currency.ts";
import { useDraft } from "~/lib/draft.ts";
import { useFormat } from "~/lib/format.ts";
import { useMay } from "~/lib/permissions.ts";
import { useSave } from "~/lib/save.ts";
import { ConflictDialog, LeaveGuard } from "~/ui/dialogs.tsx";
import { useAmountFault } from "~/ui/money.tsx";
import { Notice, ProblemNotice } from "~/ui/notice.tsx";
import { Page } from "~/ui/page.tsx";
import { Loaded } from "~/ui/query.tsx";
import { SaveBar } from "~/ui/savebar.tsx";
import {
  createProduct,
  type ProductView,
  productQuery,
  productSaved,
  updateProduct,
  type WriteProduct,
} from "./api.ts";
import { BasicsCard, SearchEngineCard } from "./components/basics_card.tsx";
import { DeleteProduct } from "./components/delete_product.tsx";
import { ImagesCard } from "./components/images_card.tsx";
import { OptionsCard } from "./components/options_card.tsx";
import { PlacingCard } from "./components/placing_card.tsx";
import { VariantsCard } from "./components/variants_card.tsx";
import { bodyOf, draftOf, newProduct } from "./schema.ts";

export function ProductPage({ id }: { id: string }) {
  const query = useQuery(productQuery(id));
  return <Loaded query={query}>{(product) => <Editor key={product.id} product={product} />}</Loaded>;
}

export function NewProductPage() {
  return <Editor product={null} />;
}

function Editor({ product }: { product: ProductView | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { language } = useFormat();
  const fault = useAmountFault();
  const may = useMay();
  const currency = useStoreCurrency(product?.variants[0]?.price.currency);
  const draft = useDraft(product ? draftOf(product, language) : newProduct());
  const [version, setVersion] = useState(product?.version ?? 0);
  const [theirs, setTheirs] = useState<ProductView | null>(null);

  const saving = useSave<{ body: WriteProduct; seen: number }, ProductView>({
    send: ({ body, seen }, key) =>
      product ? updateProduct(product.id, seen, body) : createProduct(body, key),
    done: async (saved) => {
      productSaved(saved);
      draft.reset(draftOf(saved, language));
      setVersion(saved.version);
      notifications.show({ message: t("products.saved", { title: saved.title }) });
      if (!product) {
        await navigate({ to: "/products/$id", params: { id: saved.id }, replace: true, ignoreBlocker: true });
      }
    },
    refused: (problem) => {
      draft.refuse(problem);
      if (problem.status === 412) {
        setTheirs(problem.problem.current as ProductView);
      }
    },
  });
  const save = (seen = version) => {
    const checked = bodyOf(draft.values, currency, (parsed) => fault(parsed) ?? "");
    if (checked.ok) {
      saving.save({ body: checked.body, seen });
    } else {
      draft.setErrors(checked.errors);
    }
  };
  const canEdit = may("catalog.edit");
  const title = product ? draft.values.title || t("products.untitled") : t("products.new");
  const errors = Object.keys(draft.errors);
  return (
    <Page
      title={title}
      back={{ to: "/products", label: t("nav.products") }}
      actions={product && canEdit && <DeleteProduct product={product} version={version} />}
    >
      {!canEdit && <Notice tone="info">{t("common.readOnly")}</Notice>}
      {!theirs && (
        <ProblemNotice
          problem={saving.problem}
          shown={isShown}
          onRetry={saving.problem?.isOffline ? () => save() : undefined}
        />
      )}
      {errors.length > 0 && <Notice tone="bad">{t("common.mendFields", { count: errors.length })}</Notice>}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <fieldset disabled={!canEdit} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 8 }}>
              <Stack gap="lg">
                <BasicsCard draft={draft} />
                <ImagesCard draft={draft} />
                <OptionsCard draft={draft} />
                <VariantsCard draft={draft} currency={currency} />
                <SearchEngineCard draft={draft} />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 4 }}>
              <PlacingCard draft={draft} />
            </Grid.Col>
          </Grid>
        </fieldset>
        <button type="submit" hidden aria-hidden tabIndex={-1} />
      </form>
      <SaveBar
        isDirty={draft.isDirty && canEdit}
        isSaving={saving.isSaving}
        onSave={() => save()}
        onReset={() => draft.reset(product ? draftOf(product, language) : newProduct())}
      />
      <LeaveGuard isDirty={draft.isDirty} />
      <ConflictDialog
        opened={theirs !== null}
        onClose={() => setTheirs(null)}
        onOverwrite={() => {
          const current = theirs?.version ?? version;
          setTheirs(null);
          save(current);
        }}
        onTakeTheirs={() => {
          if (theirs) {
            productSaved(theirs);
            setVersion(theirs.version);
            draft.reset(draftOf(theirs, language));
          }
          setTheirs(null);
          saving.forget();
        }}
      />
    </Page>
  );
}

/** Pointers that have a field on the page. */
function isShown(pointer: string): boolean {
  return /^\/(title|slug|description_html|vendor|tags|seo_|variants\/|options\/|images\/|category_ids)/.test(
    pointer,
  );
}
