import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMay } from "~/lib/permissions.ts";
import { mediaQuery } from "../api.ts";

const WIDTH_WANTED = 320;

/** The smallest published size that is sharp enough; only who may edit the catalogue can ask for it. */
export function Thumbnail({ media, alt }: { media: string; alt: string }) {
  const may = useMay();
  const query = useQuery({ ...mediaQuery(media), enabled: may("catalog.edit") });
  const sources = query.data?.sources ?? [];
  const source = sources.find((one) => one.width >= WIDTH_WANTED) ?? sources.at(-1);
  if (!source) {
    return <Skeleton className="thumb" height="auto" animate={query.isLoading} />;
  }
  return <img className="thumb" src={source.url} alt={alt} loading="lazy" />;
}
