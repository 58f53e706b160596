Feature: What events are called

  @CAT-JRN-3001
  Rule: An event belongs to an entity in a scope

    Scenario Outline: <entity> in <scope> is a coordinate
      When the entity "<entity>" in the scope "<scope>" is checked
      Then it is a coordinate

      Examples:
        | entity             | scope   |
        | model:tinyllama    | catalog |
        | a                  | b       |
        | modèle · 模型        | 範囲      |
        | a.b-c_d~%2F        | x.y     |

    Scenario Outline: An entity that is <what> is none, because it is <reason>
      When an entity that is <what> is checked
      Then the entity is refused, because it is "<reason>"

      Examples:
        | what                            | reason                   |
        | empty                           | empty                    |
        | 1025 letters long               | longer than 1024 bytes   |
        | 513 letters of two bytes long   | longer than 1024 bytes   |
        | a million letters long          | longer than 1024 bytes   |
        | "a\u0000b"                      | a NUL                    |
        | "a\u000ab"                       | a control character      |
        | "a\u007fb"                      | a control character      |
        | "a\u0085b"                      | a control character      |
        | "a\ud800b"                      | a lone surrogate         |
        | "a/b"                           | a slash                  |
        | "a..b"                          | two dots in a row        |
        | "a\|b"                          | a separator: \| or =     |
        | "a=b"                           | a separator: \| or =     |
        | null                            | not text                 |
        | 7                               | not text                 |

    Scenario: A scope has the same rules
      When the entity "a" in the scope "b/c" is checked
      Then the scope is refused, because it has "a slash"

    Scenario: As long as it may be
      When an entity that is 1024 letters long is checked
      Then it is a coordinate

    Scenario: A refusal quotes a short piece of what was given
      When an entity that is a million letters long is checked
      Then the refusal has fewer than 300 characters

  @CAT-JRN-3002
  Rule: A kind is a category and a type

    Scenario Outline: Category <category> and type <type> are the kind <kind>
      When the kind of category <category> and type <type> is made
      Then it is <kind>, and callers may append it

      Examples:
        | category | type | kind   |
        | 1        | 1    | 0x1001 |
        | 12       | 3    | 0xc003 |
        | 15       | 4095 | 0xffff |
        | 14       | 0    | 0xe000 |

    Scenario Outline: Category <category> and type <type> are no kind
      When the kind of category <category> and type <type> is made
      Then the kind is refused

      Examples:
        | category | type |
        | 16       | 0    |
        | -1       | 0    |
        | 1        | 4096 |
        | 1        | -1   |
        | 1.5      | 0    |
        | NaN      | 0    |

    Scenario: All kinds but those of two categories are for callers
      Then of the 65536 kinds 8192 are refused with ReservedKind: those of the categories 0 and 13

  @CAT-JRN-3003
  Rule: An id tells events apart, and when they were made

    Scenario: Ids are UUIDs of version 7 that rise, although the clock stands still or goes back
      When 20000 ids are made by a clock that stands still, jumps ahead and goes back
      Then each is a UUID of version 7, and comes after the one before

    Scenario: An id tells its millisecond
      When an id is made at 2026-11-21T12:00:00.000Z
      Then its first 48 bits are that millisecond

    Scenario: An operation that is named by the same texts has the same key
      Then the keys of 500 random lists of texts are equal where the lists are, and nowhere else

  @CAT-JRN-3401
  Rule: A region says which events are meant

    Scenario Outline: The region <region> means <entities>
      When the entities "a", "ab", "a:b", "a:b:c", "b:a" and "a-b" are looked at by the region <region>
      Then it means <entities>

      Examples:
        | region             | entities              |
        | {"entity":"a"}     | a, a:b, a:b:c         |
        | {"entity":"a:b"}   | a:b, a:b:c            |
        | {"entity":"a:"}    | a:b, a:b:c            |
        | {"entity":"b"}     | b:a                   |
        | {"entity":"c"}     | none                  |
        | {}                 | a, ab, a:b, a:b:c, b:a, a-b |

    Scenario: Scope, kind, category and sequence each leave out what is not meant
      Then random regions mean exactly those of random events that each of their parts means

    @CAT-JRN-3402 @slow
    Scenario: Different regions have different identities
      Then random regions have equal identities only where they are equal
