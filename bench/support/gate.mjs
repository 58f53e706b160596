/** Who comes to `pass` waits until `open`; `reached` resolves when the first has come. */
export function newGate() {
  let [open, arrive] = [() => {}, () => {}];
  const opened = new Promise((resolve) => (open = resolve));
  const reached = new Promise((resolve) => (arrive = resolve));
  const pass = () => {
    arrive();
    return opened;
  };
  return { pass, reached, open };
}
