Feature: The manual page

  `man catalog` says what the help says, all of it in one place, because it is made of the same declarations.

  @CAT-CLI-6204
  Rule: The page is made of what the help is made of

    Scenario: The page that is shipped is the one that is made now
      Then man/catalog.1 is what `npm run man` writes
      And the package ships it as its manual page

    Scenario: Every verb is in it with each argument, option and example that its help has
      Given the manual page as groff shows it
      Then it has each verb with its summary, its arguments, its options and its examples

    Scenario: It tells of exit codes, the environment and files
      Given the manual page as groff shows it
      Then it has these sections: "NAME SYNOPSIS DESCRIPTION OPTIONS VERBS EXIT STATUS ENVIRONMENT FILES"
      And it has every code of an error

    Scenario Outline: <reader> has nothing to complain of
      When <reader> reads the manual page
      Then it complains of nothing

      Examples:
        | reader |
        | groff  |
        | mandoc |
