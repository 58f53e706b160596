Feature: The bytes of an index

  An index file is read only when its bytes are those that were written. What is damaged is told, and never taken for another
  catalog.

  Rule: What is written is what is read

    @CAT-IDX-1102
    Scenario: Any records come back as they were, each with its revision
      Then any models and engines that are encoded and decoded are the same records at the same revisions

    @CAT-IDX-1102 @heavy
    Scenario: The file of an index that changed step by step is the file of an index that was made at once
      Then after any puts and deletes of up to 300 ids the index is that of a plain map, byte for byte as when it is encoded from scratch

    @CAT-IDX-1102 @CAT-IDX-1105
    Scenario: An index names its schema, its version and its revision
      Given an index of three models
      Then it is one JSON document with its schema, version 1, its revision, and the revision of each record

  Rule: Damage is told

    @CAT-IDX-1106
    Scenario: No bit of an index can be flipped unseen
      Given an index of three models
      Then with any one bit flipped it is damaged

    @CAT-IDX-1106
    Scenario: No index can be cut off unseen
      Given an index of three models
      Then cut off anywhere it is damaged

    @CAT-IDX-1106
    Scenario: No stretch of an index can be zeroed unseen
      Given an index of three models
      Then with any run of its bytes zeroed it is damaged

    @CAT-IDX-1106
    Scenario Outline: An index with <damage> is damaged
      Given an index of three models
      Then with <damage> it is damaged because "<reason>"

      Examples: without its own checksum
        | damage                    | reason                                 |
        | no bytes                  | it is empty                            |
        | one byte                  | it is too short                        |
        | its checksum line removed | its last line is not a checksum        |
        | a trailing line break     | its last line is not a checksum        |
        | trailing bytes            | its last line is not a checksum        |
        | an upper-case checksum    | its last line is not a checksum        |
        | a leading byte            | its checksum does not match its bytes  |
        | another checksum          | its checksum does not match its bytes  |

      Examples: whose checksum is right
        | damage                         | reason                                                         |
        | nothing but a checksum         | it is too short                                                |
        | bytes that are not UTF-8       | it is not UTF-8                                                |
        | a byte order mark              | its first line is not that of catalog-core/models              |
        | the schema of engines          | its first line is not that of catalog-core/models              |
        | a blank in its first line      | its first line is not that of catalog-core/models              |
        | another member in its first line | its first line is not that of catalog-core/models            |
        | a revision of 2^53             | its revision is beyond 2^53-1                                  |
        | a revision of 01               | its first line is not that of catalog-core/models              |
        | version 0                      | its version is 0                                               |
        | its records reordered          | record 3: its id is out of order                               |
        | a record twice                 | record 2: its id is out of order                               |
        | a record whose id collides     | record 2: its id collides with another                         |
        | a comma missing                | record 1: a comma stands after all records but the last        |
        | a comma too many               | record 3: a comma stands after all records but the last        |
        | a line break missing at the end | its last record has no line end                               |
        | an empty line                  | record 2: a comma stands after all records but the last        |
        | a carriage return              | record 1: a comma stands after all records but the last        |

      Examples: with a record that is not one
        | damage                              | reason                                       |
        | a record that is no JSON            | record 1: it is not JSON                     |
        | a duplicate key                     | record 1: it is not in canonical form        |
        | a blank in a record                 | record 1: it is not in canonical form        |
        | members out of order                | record 1: it is not in canonical form        |
        | an escape that needs none           | record 1: it is not in canonical form        |
        | a number of 1.0                     | record 1: it is not in canonical form        |
        | a number of -0                      | record 1: it holds a zero with a sign, which JSON does not keep |
        | a number with too many digits       | record 1: it is not in canonical form        |
        | a number of 1e400                   | record 1: it holds a number that is not finite |
        | a number of 2^53                    | record 1: it holds an integer beyond 2^53-1  |
        | a lone surrogate                    | record 1: it holds a lone surrogate          |
        | a member __proto__                  | record 1: it holds a member named __proto__  |
        | a member constructor                | record 1: it holds a member named constructor |
        | a member prototype                  | record 1: it holds a member named prototype  |
        | a member 65 levels deep             | record 1: it is nested deeper than 64        |
        | a member a million levels deep      | record 1: it is nested deeper than 64        |
        | a record revision above the index's | record 1: its revision is not one of this index |
        | a record revision of 0              | record 1: its revision is not one of this index |
        | no record revision                  | record 1: it has no revision                 |
        | a list as a record                  | record 1: it has no revision                 |
        | a record without a state            | record 1: `state` must be one of Pending, Active, Retired, Failed |
        | a record with a bad id              | record 1: "a//b" is not an id: a part that is empty, . or .. |

  Rule: What is quick is as strict

    @CAT-IDX-1117
    Scenario: No line is taken for canonical that is not
      Then whatever is done to the line of any record, it is taken for canonical without being parsed only where it is

    @CAT-IDX-1117
    Scenario: A line that ends anywhere before its end is none, and nobody reads on behind it
      Then each beginning of the line of a record is taken for no line, in a buffer that ends there and in one that goes on

    @CAT-IDX-1117
    Scenario Outline: The line <line> is <verdict>
      Then the line <line> is <verdict>

      Examples: what a line has to have
        | line                                       | verdict                                    |
        | {"id":"a","revision":7}                    | plain, of "a" at 7 in {"id":"a"}           |
        | {"id":"","revision":0}                     | plain, of "" at 0 in {"id":""}             |
        | {"id":"a","revision":7,"z":1}              | plain, of "a" at 7 in {"id":"a","z":1}     |
        | {"a":1,"id":"a","revision":7}              | plain, of "a" at 7 in {"a":1,"id":"a"}     |
        | {"ID":"b","id":"a","revision":7}           | plain, of "a" at 7 in {"ID":"b","id":"a"}  |
        | {"id":"a","revisior":1,"revision":7}       | unknown                                    |
        | {"id":"a","revision":7,"revisior":1}       | plain, of "a" at 7 in {"id":"a","revisior":1} |
        | {"id":"a","revision":123456789012345}      | plain, of "a" at 123456789012345 in {"id":"a"} |
        | {"id":"a"}                                 | unknown                                    |
        | {"revision":7}                             | unknown                                    |
        | {}                                         | unknown                                    |
        | {"id":7,"revision":7}                      | unknown                                    |
        | {"id":null,"revision":7}                   | unknown                                    |
        | {"id":"a","revision":"7"}                  | unknown                                    |
        | {"id":"a","revision":-7}                   | unknown                                    |
        | {"id":"a","revision":true}                 | unknown                                    |
        | {"id":"a","revision":7}}                   | unknown                                    |
        | {"id":"a","revision":7]                    | unknown                                    |
        | {"id":"a","revision":7                     | unknown                                    |
        | ["id","a"]                                 | unknown                                    |
        | x"id":"a","revision":7}                    | unknown                                    |
        | {"id":"a";"revision":7}                    | unknown                                    |
        | {"id":"a","revision";7}                    | unknown                                    |
        | {"id":"a",revision":7}                     | unknown                                    |
        | {"id":"a","revision":7}x                   | unknown                                    |

      Examples: names that rise
        | line                                                | verdict                                                |
        | {"a":1,"ab":1,"id":"a","revision":7}                | plain, of "a" at 7 in {"a":1,"ab":1,"id":"a"}          |
        | {"ab":1,"a":1,"id":"a","revision":7}                | unknown                                                |
        | {"a":1,"a":1,"id":"a","revision":7}                 | unknown                                                |
        | {"b":1,"a":1,"id":"a","revision":7}                 | unknown                                                |
        | {"":1,"id":"a","revision":7}                        | plain, of "a" at 7 in {"":1,"id":"a"}                  |
        | {"":1,"":1,"id":"a","revision":7}                   | unknown                                                |
        | {"a ":1,"id":"a","revision":7}                      | plain, of "a" at 7 in {"a ":1,"id":"a"}                |
        | {"a\u001f":1,"id":"a","revision":7}                 | unknown                                                |
        | {"a\u007f":1,"id":"a","revision":7}                 | plain, of "a" at 7 in {"a\u007f":1,"id":"a"}           |
        | {"a\u0080":1,"id":"a","revision":7}                 | unknown                                                |
        | {"aé":1,"id":"a","revision":7}                      | unknown                                                |
        | {"a\\n":1,"id":"a","revision":7}                    | unknown                                                |
        | {"__proto__":1,"id":"a","revision":7}               | unknown                                                |
        | {"constructor":1,"id":"a","revision":7}             | unknown                                                |
        | {"id":"a","prototype":1,"revision":7}               | unknown                                                |
        | {"__proto_":1,"id":"a","revision":7}                | plain, of "a" at 7 in {"__proto_":1,"id":"a"}          |
        | {"__proto___":1,"id":"a","revision":7}              | plain, of "a" at 7 in {"__proto___":1,"id":"a"}        |
        | {"__pr0to__":1,"id":"a","revision":7}               | plain, of "a" at 7 in {"__pr0to__":1,"id":"a"}         |
        | {"construct0r":1,"id":"a","revision":7}             | plain, of "a" at 7 in {"construct0r":1,"id":"a"}       |

      Examples: values
        | line                                                | verdict                                                |
        | {"a":"","id":"a","revision":7}                      | plain, of "a" at 7 in {"a":"","id":"a"}                |
        | {"a":" é😀","id":"a","revision":7}                  | plain, of "a" at 7 in {"a":" é😀","id":"a"}            |
        | {"a":"\u001f","id":"a","revision":7}                | unknown                                                |
        | {"a":"\\n","id":"a","revision":7}                   | unknown                                                |
        | {"a":true,"id":"a","revision":7}                    | plain, of "a" at 7 in {"a":true,"id":"a"}              |
        | {"a":false,"id":"a","revision":7}                   | plain, of "a" at 7 in {"a":false,"id":"a"}             |
        | {"a":null,"id":"a","revision":7}                    | plain, of "a" at 7 in {"a":null,"id":"a"}              |
        | {"a":nil,"id":"a","revision":7}                     | unknown                                                |
        | {"a":,"id":"a","revision":7}                        | unknown                                                |
        | {"a":0,"id":"a","revision":7}                       | plain, of "a" at 7 in {"a":0,"id":"a"}                 |
        | {"a":10,"id":"a","revision":7}                      | plain, of "a" at 7 in {"a":10,"id":"a"}                |
        | {"a":-5,"id":"a","revision":7}                      | plain, of "a" at 7 in {"a":-5,"id":"a"}                |
        | {"a":-0,"id":"a","revision":7}                      | unknown                                                |
        | {"a":01,"id":"a","revision":7}                      | unknown                                                |
        | {"a":-,"id":"a","revision":7}                       | unknown                                                |
        | {"a":-true,"id":"a","revision":7}                   | unknown                                                |
        | {"a":1.5,"id":"a","revision":7}                     | unknown                                                |
        | {"a":1e5,"id":"a","revision":7}                     | unknown                                                |
        | {"a":123456789012345,"id":"a","revision":7}         | plain, of "a" at 7 in {"a":123456789012345,"id":"a"}   |
        | {"a":1234567890123456,"id":"a","revision":7}        | unknown                                                |
        | {"a":[],"id":"a","revision":7}                      | plain, of "a" at 7 in {"a":[],"id":"a"}                |
        | {"a":[1],"id":"a","revision":7}                     | plain, of "a" at 7 in {"a":[1],"id":"a"}               |
        | {"a":[1,"b",[]],"id":"a","revision":7}              | plain, of "a" at 7 in {"a":[1,"b",[]],"id":"a"}        |
        | {"a":[1,],"id":"a","revision":7}                    | unknown                                                |
        | {"a":[1;2],"id":"a","revision":7}                   | unknown                                                |
        | {"a":[1},"id":"a","revision":7}                     | unknown                                                |
        | {"a":[nil],"id":"a","revision":7}                   | unknown                                                |
        | {"a":{},"id":"a","revision":7}                      | plain, of "a" at 7 in {"a":{},"id":"a"}                |
        | {"a":{"id":1},"id":"a","revision":7}                | plain, of "a" at 7 in {"a":{"id":1},"id":"a"}          |
        | {"a":{"a":1,"b":2},"id":"a","revision":7}           | plain, of "a" at 7 in {"a":{"a":1,"b":2},"id":"a"}     |
        | {"a":{"b":1,"a":2},"id":"a","revision":7}           | unknown                                                |
        | {"a":{"a":1],"id":"a","revision":7}                 | unknown                                                |
        | {"a":{"a":nil},"id":"a","revision":7}               | unknown                                                |
        | {"a":[[[[[[[[]]]]]]]],"id":"a","revision":7}        | plain, of "a" at 7 in {"a":[[[[[[[[]]]]]]]],"id":"a"}  |
        | {"a":[[[[[[[[[]]]]]]]]],"id":"a","revision":7}      | unknown                                                |
        | {"a":[[[[[[[{}]]]]]]],"id":"a","revision":7}        | plain, of "a" at 7 in {"a":[[[[[[[{}]]]]]]],"id":"a"}  |
        | {"a":[[[[[[[[{}]]]]]]]],"id":"a","revision":7}      | unknown                                                |
        | {"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}},"id":"a","revision":7} | unknown                     |

    @CAT-IDX-1106
    Scenario Outline: An index of the ids <ids>, in this order, is <verdict>
      Then an index of the ids <ids>, in this order, is <verdict>

      Examples:
        | ids         | verdict                                          |
        | a b         | intact                                           |
        | a ab b      | intact                                           |
        | ab a        | damaged: record 2: its id is out of order        |
        | a a         | damaged: record 2: its id is out of order        |
        | b a         | damaged: record 2: its id is out of order        |
        | a é ü       | intact                                           |
        | ü é         | damaged: record 2: its id is out of order        |
        | é a         | damaged: record 2: its id is out of order        |
        | A a         | damaged: record 2: its id collides with another  |
        | Z z         | damaged: record 2: its id collides with another  |
        | M m         | damaged: record 2: its id collides with another  |
        | A B C a     | damaged: record 4: its id collides with another  |
        | a B         | damaged: record 2: its id is out of order        |
        | B a c       | intact                                           |
        | É é         | damaged: record 2: its id collides with another  |
        | 1 @ A [ b   | intact                                           |
        | a ~ é       | intact                                           |

    @CAT-IDX-1106 @CAT-IDX-1117 @slow
    Scenario: Whoever wants one record is told of damage to the lines of others
      Given an index of three models
      Then opened for a few records it is damaged in each of these ways as it is when read as a whole
      And what is wrong with the members of a record is told to whoever looks for it, or for all

    @CAT-PRF-6406
    Scenario: Few records are read by who looks for few
      Given an index of three models
      Then opened for a few records it gives each of them, and none that it does not have

  Rule: Size has limits

    @CAT-IDX-1117
    Scenario: More than 512 MiB are not even read
      Then bytes of more than 512 MiB are damaged before they are looked at

    @CAT-IDX-1117
    Scenario: More than a million records are not even parsed
      Then an index of 1000001 lines is damaged before its records are parsed

    @CAT-IDX-1117
    Scenario: No hostile index pollutes a prototype
      Given an index of three models
      Then with a member __proto__ it is damaged because "record 1: it holds a member named __proto__"
      And no object has become another by it

  Rule: A newer version is told, and nothing of it is taken

    @CAT-IDX-1105
    Scenario: An index of a newer version is newer, whatever its records are
      Given an index of three models
      Then with version 2 and records of any form it is newer, and none of its records is given

    @CAT-IDX-1105 @CAT-IDX-1106
    Scenario: Damage is told before the version
      Given an index of three models
      Then with version 2 and no checksum of its own it is damaged
