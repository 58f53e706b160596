Feature: examples tables
  Scenario Outline: <have> less <eaten>
    Given <have> pears
    When <eaten> are eaten
    Then <left> are left

    Examples: enough
      | have | eaten | left |
      | 5    | 2     | 3    |

    Examples: wrong
      | have | eaten | left |
      | 5    | 2     | 4    |
      | 5    | none  | 5    |
