@slow
Feature: On a real terminal

  What is shown fits the terminal that it is shown on, and leaves nothing there that does not belong to it. What goes elsewhere is whole.

  @CAT-CLI-6202
  Rule: Nothing runs over on a terminal of 80 columns

    Scenario Outline: `<command>` fits
      Given a catalog with a model whose id and path are long, and one whose name is of wide characters
      When `catalog <command>` is run on a real terminal of 80 columns
      Then it ends with <exit>, and shows <what>
      And nothing on the screen is wider than 80 columns

      Examples:
        | command                    | exit | what                                       |
        | ls                         | 0    | the table that starts with "ID"            |
        | ls --id 模*                | 0    | "模型 模型"                                |
        | show {long}                | 0    | the whole id, broken                       |
        | df                         | 0    | "reclaimable"                              |
        | --help                     | 0    | "Examples:"                                |
        | migrate --help             | 0    | "Examples:"                                |
        | show {long}-that-is-absent | 3    | "hint: check the spelling;"                |

    Scenario: What a doctor finds fits
      Given a catalog with a model whose id and path are long, and one whose name is of wide characters
      And others may write to its root
      When `catalog doctor` is run on a real terminal of 80 columns
      Then it ends with 0, and shows "remedy:"
      And nothing on the screen is wider than 80 columns

    Scenario: The columns of a table stand below each other, whatever the names are made of
      Given a catalog with a model whose id and path are long, and one whose name is of wide characters
      When `catalog ls` is run on a real terminal of 80 columns
      Then all sizes end in the same column

    Scenario: A bar of progress leaves nothing on the screen
      Given a file "big.gguf" of 2 GB that takes no room
      When `catalog add big.gguf --reference` is run on a real terminal of 80 columns
      Then all that is left on the screen is what it says when it has ended

  @CAT-CLI-6202
  Rule: In a pipe nothing is cut, broken or painted

    Scenario Outline: `<command>` is whole
      Given a catalog with a model whose id and path are long, and one whose name is of wide characters
      When `catalog <command>` is run
      Then it exits with <exit>
      And the whole id is in one of its lines
      And no escape sequence is in it

      Examples:
        | command                    | exit |
        | ls                         | 0    |
        | show {long}                | 0    |
        | show {long}-that-is-absent | 3    |
