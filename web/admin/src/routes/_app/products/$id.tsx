import { createFileRoute } from "@tanstack/react-router";
import { ProductPage } from "~/features/products/editor.tsx";

export const Route = createFileRoute("/_app/products/$id")({
  component: () => <ProductPage id={Route.useParams().id} />,
});
