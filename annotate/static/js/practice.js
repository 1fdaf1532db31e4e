// The practice item: forms and marks as on the judging page. Nothing is kept, so there are no drafts.

import { clear, isAnswered, questionsOf, settleForms } from "./judging_answers.js";
import { Marks } from "./judging_marks.js";

const form = document.getElementById("judging");
const marks = new Marks({ changed: () => {} });
marks.attach(form);

function touched(set) {
  const button = set?.querySelector(".clear");
  if (button) button.hidden = !isAnswered(set);
}

form.addEventListener("input", (event) => {
  const set = event.target.closest("fieldset.question");
  if (set) settleForms(set, event.target);
  touched(set);
});
for (const set of questionsOf(form)) {
  set.querySelector(".clear").addEventListener("click", () => {
    clear(set);
    set.querySelector("input, textarea").focus();
    touched(set);
  });
  touched(set);
}
