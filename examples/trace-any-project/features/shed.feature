Feature: A shed of tools

  @shed.1
  Scenario: Two neighbours want the saw
    Given the saw is lent to Ada
    When Ben asks for the saw
    Then he does not get it

  @shed.2 @shed.3
  Scenario Outline: The saw comes back after <days> days
    Given the saw is lent to Ada
    When she brings it back after <days> days
    Then it is <late> days late

    Examples:
      | days | late |
      | 7    | 0    |
      | 9    | 2    |

  @~a-broken-tool @normative
  Scenario: A broken tool
    Given a tool that is lent
    When it comes back broken
    Then it MUST NOT be lent before it is mended
