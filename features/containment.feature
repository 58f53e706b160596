Feature: A path inside the root stays inside the root

  @CAT-BLB-2109
  Rule: One function resolves every path, and what would escape is refused

    Scenario Outline: The path "<path>" cannot be used inside the root
      When "<path>" is resolved inside the root
      Then it is refused with PathOutsideRoot, and the disk was not asked

      Examples:
        | path            |
        | ..              |
        | ../a            |
        | a/../../b       |
        | a/..            |
        | /etc/passwd     |
        | a//b            |
        | a/              |
        | .               |
        |                 |
        | C:/a            |
        | C:a             |
        | \\\\host\\share |
        | a\\..\\b        |
        | a\0b            |

    Scenario Outline: The path "<path>" is that of a file below the root
      When "<path>" is resolved inside the root
      Then it is "<resolved>"

      Examples:
        | path       | resolved              |
        | a          | /home/models/a        |
        | a/b c/..d  | /home/models/a/b c/..d |
