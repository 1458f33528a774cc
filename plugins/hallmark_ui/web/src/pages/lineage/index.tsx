/** The lineage of a dataset, a model or a task: what it is made of and what is made of it. */
import { useNavigate } from "react-router-dom";
import { useParam } from "@/app/params";
import { at } from "@/app/paths";
import { Choose, Named } from "./Choose";
import { Explorer } from "./Explorer";

const NODE = /^(dataset|job):/;

const LineagePage = () => {
  const navigate = useNavigate();
  const [node] = useParam("node");
  const [search, setSearch] = useParam("search");
  if (NODE.test(node)) {
    return <Explorer key={node} start={node} />;
  }
  return node === "" ? (
    <Choose onSearch={setSearch} search={search} />
  ) : (
    <Named
      name={node}
      onSearch={(text) => {
        void navigate(`${at.lineage()}?${new URLSearchParams({ search: text }).toString()}`);
      }}
    />
  );
};

export default LineagePage;
