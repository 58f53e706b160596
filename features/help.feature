Feature: Help that helps

  Whoever does not know further asks for help: it fits the screen, and what it shows can be typed.

  @CAT-CLI-6204
  Rule: The help of each verb shows how the verb is used

    Scenario: Each verb has examples, which are lines that it takes
      When the help of each verb is read
      Then each has examples
      And each example names a verb that there is, with options and arguments that it takes

    Scenario: Each argument and each option says what it is
      Then each argument and option of each verb has words beside it

  @CAT-CLI-6202
  Rule: Help is as wide as what it is shown on

    Scenario: In a pipe no line of it is longer than 80 columns
      When the help of each verb is read
      Then no line of it takes more than 80 columns

    Scenario Outline: A paragraph is set for <columns> columns, and an example is left as it is
      Then on <columns> columns this text is set in <lines> lines:
        """
        A paragraph that was written in one line and
        in another one, and is set anew.

        Examples:
          catalog add a-name-that-is-long.gguf --label team=vision
        """

      Examples:
        | columns | lines |
        | 80      | 4     |
        | 40      | 5     |
        | 20      | 7     |
