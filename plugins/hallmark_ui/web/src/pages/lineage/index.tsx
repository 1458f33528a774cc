/** The lineage of a dataset, a model or a task: what it is made of and what is made of it. */
import { useParam } from "@/app/params";
import { Choose } from "./Choose";
import { Explorer } from "./Explorer";

const LineagePage = () => {
  const [node] = useParam("node");
  const [search, setSearch] = useParam("search");
  return node === "" ? <Choose onSearch={setSearch} search={search} /> : <Explorer key={node} start={node} />;
};

export default LineagePage;
