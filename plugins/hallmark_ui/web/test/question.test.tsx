/** A question that a task asks: its fields, and what is sent. */
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { formOf, meant, written, type Parameter, type Question } from "@/pages/question/asked";
import { Answer } from "@/pages/question/Answer";
import { hosted } from "./hosted";

const parameter = (value: unknown, schema: Readonly<Record<string, unknown>> = {}): Parameter => ({ description: null, schema, value });

test.each([
  [parameter(3), "7", "figure", 7],
  [parameter(3), "seven", "figure", undefined],
  [parameter("a", { type: ["string", "null"] }), "b", "text", "b"],
  [parameter(true), "false", "switch", false],
  [parameter("x", { enum: ["x", "y"] }), "y", "choice", "y"],
  [parameter(1, { enum: [1, 2] }), "2", "choice", 2],
  [parameter([1]), "[1, 2]", "json", [1, 2]],
  [parameter({}), "{", "json", undefined],
  [parameter(null, { type: "integer" }), "", "figure", null],
])("%j and what is typed, %j, is a %s", (one, text, form, value) => {
  expect(formOf(one)).toBe(form);
  expect(meant(one, text)).toEqual(value);
  expect(meant(one, written(one, one.value))).toEqual(one.value);
});

const question: Question = {
  assigned_users: [], body: null, chosen_options: null, created_at: "2026-11-27T14:00:00Z", defaults: null, multiple: false,
  options: ["Approve", "Reject"], params: { limit: parameter(3) }, responded_at: null, responded_by_user: null, response_received: false, subject: "Go on?",
};

test("an option is one click, and goes with the values as they were typed", async () => {
  const onAnswer = vi.fn();
  hosted(<Answer busy={false} onAnswer={onAnswer} question={question} />);
  await userEvent.type(screen.getByLabelText("limit"), "x");
  expect(screen.getByRole("button", { name: "Approve" }).hasAttribute("disabled")).toBe(true);
  await userEvent.type(screen.getByLabelText("limit"), "{Backspace}1");
  await userEvent.click(screen.getByRole("button", { name: "Reject" }));
  expect(onAnswer).toHaveBeenCalledWith({ chosen_options: ["Reject"], params_input: { limit: 31 } });
});

test("where several may be chosen they are sent together, and none is no answer", async () => {
  const onAnswer = vi.fn();
  hosted(<Answer busy={false} onAnswer={onAnswer} question={{ ...question, multiple: true, params: {} }} />);
  const send = screen.getByRole("button", { name: "Answer" });
  expect(send.hasAttribute("disabled")).toBe(true);
  await userEvent.click(screen.getByLabelText("Approve"));
  await userEvent.click(screen.getByLabelText("Reject"));
  await userEvent.click(send);
  expect(onAnswer).toHaveBeenCalledWith({ chosen_options: ["Approve", "Reject"], params_input: {} });
});
