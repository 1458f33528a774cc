export * from "@/components";
export * from "@/components/charts";
