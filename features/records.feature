Feature: Records of models and engines

  A record says what is known of a model or an engine. Its members have the same names everywhere, and the rules by which it
  changes are functions that every store shares.

  Rule: A record holds what its members promise

    @CAT-REC-1001
    Scenario Outline: A model whose <member> is <value> is refused
      When a model is checked whose <member> is <value>
      Then the record is refused because of its member "<member>"

      Examples: what every model has
        | member        | value                           |
        | id            | (absent)                        |
        | id            | null                            |
        | id            | 7                               |
        | name          | (absent)                        |
        | name          | ""                              |
        | name          | 7                               |
        | source        | (absent)                        |
        | source        | ""                              |
        | source        | []                              |
        | state         | (absent)                        |
        | state         | "pending"                       |
        | state         | "Deleted"                       |
        | state         | null                            |
        | trust_state   | (absent)                        |
        | trust_state   | "Verified"                      |
        | trust_state   | true                            |
        | registered_at | (absent)                        |
        | registered_at | ""                              |
        | registered_at | "2026-01-02"                    |
        | registered_at | "2026-01-02T03:04:05.678"       |
        | registered_at | "2026-01-02T03:04:05.678+01:00" |
        | registered_at | "2026-13-02T03:04:05.678Z"      |
        | registered_at | "2026-02-30T03:04:05.678Z"      |
        | registered_at | 1767323045678                   |

      Examples: no time of any calendar
        | member        | value                                  |
        | registered_at | "2026-00-02T03:04:05.678Z"             |
        | registered_at | "2026-01-00T03:04:05.678Z"             |
        | registered_at | "2026-01-32T03:04:05.678Z"             |
        | registered_at | "2026-03-32T03:04:05.678Z"             |
        | registered_at | "2026-04-31T03:04:05.678Z"             |
        | registered_at | "2026-06-31T03:04:05.678Z"             |
        | registered_at | "2026-09-31T03:04:05.678Z"             |
        | registered_at | "2026-11-31T03:04:05.678Z"             |
        | registered_at | "2026-02-29T03:04:05.678Z"             |
        | registered_at | "2100-02-29T03:04:05.678Z"             |
        | registered_at | "2024-02-30T03:04:05.678Z"             |
        | registered_at | "2026-01-02T24:00:00.000Z"             |
        | registered_at | "2026-01-02T03:60:05.678Z"             |
        | registered_at | "2026-01-02T03:04:60.678Z"             |
        | registered_at | "2026-01-02T03:04:05.Z"                |
        | registered_at | "2026-01-02T03:04:05.1234567890Z"      |
        | registered_at | "2026-01-02T03:04:05.678Z or so"       |
        | registered_at | "on 2026-01-02T03:04:05.678Z"          |

      Examples: what a model may have
        | member           | value                                  |
        | ref              | ""                                     |
        | ref              | {}                                     |
        | digest           | "aa"                                   |
        | digest           | "md5:d41d8cd98f00b204e9800998ecf8427e" |
        | digest           | null                                   |
        | digest_source    | "guessed"                              |
        | declared         | "sha512:aa"                            |
        | bytes            | -1                                     |
        | bytes            | 1.5                                    |
        | bytes            | "7"                                    |
        | local_path       | ""                                     |
        | local_path       | 7                                      |
        | mode             | "move"                                 |
        | verified_at      | "yesterday"                            |
        | verified_at      | 7                                      |
        | last_verified_ms | -1                                     |
        | last_verified_ms | "7"                                    |
        | last_used_ms     | 0.5                                    |
        | labels           | []                                     |
        | labels           | {"tier":1}                             |
        | labels           | {"tier":null}                          |
        | labels           | {"team":"vision","tier":1}             |
        | metadata         | "gguf"                                 |
        | metadata         | []                                     |
        | pins             | {}                                     |
        | pins             | ["demo"]                               |
        | pins             | [{"reason":"demo"}]                    |
        | pins             | [{"since":"demo"}]                     |
        | pins             | [{"reason":"demo","since":"a"},"demo"] |
        | adopted_from     | "ollama"                               |
        | adopted_from     | {"tool":"ollama"}                      |
        | adopted_from     | {"path":"/ollama"}                     |

      Examples: the files of a model
        | member | value                                                                        |
        | files  | {}                                                                           |
        | files  | ["a"]                                                                        |
        | files  | [{"path":"a","bytes":1}]                                                     |
        | files  | [{"path":"a","digest":"<digest>"}]                                           |
        | files  | [{"path":"a","digest":"<digest>","bytes":-1}]                                |
        | files  | [{"path":"","digest":"<digest>","bytes":1}]                                  |
        | files  | [{"path":7,"digest":"<digest>","bytes":1}]                                   |
        | files  | [{"path":"{4097 a}","digest":"<digest>","bytes":1}]                    |
        | files  | [{"path":"/a","digest":"<digest>","bytes":1}]                                |
        | files  | [{"path":"../a","digest":"<digest>","bytes":1}]                              |
        | files  | [{"path":"a/./b","digest":"<digest>","bytes":1}]                             |
        | files  | [{"path":"a\\\\b","digest":"<digest>","bytes":1}]                            |
        | files  | [{"path":"C:a","digest":"<digest>","bytes":1}]                               |
        | files  | [{"path":"a\\u0000","digest":"<digest>","bytes":1}]                          |
        | files  | [{"path":"a","digest":"<digest>","bytes":1,"identity":7}]                    |
        | files  | [{"path":"a","digest":"<digest>","bytes":1},{"path":"a","digest":"<digest>","bytes":2}] |

    @CAT-REC-1001
    Scenario Outline: A model whose <member> is <value> is taken
      When a model is checked whose <member> is <value>
      Then the record is taken

      Examples: times of every month and of years with a day more
        | member        | value                            |
        | registered_at | "2026-01-31T00:00:00Z"           |
        | registered_at | "2026-02-28T23:59:59Z"           |
        | registered_at | "2024-02-29T03:04:05Z"           |
        | registered_at | "2000-02-29T03:04:05Z"           |
        | registered_at | "2026-03-31T03:04:05.6Z"         |
        | registered_at | "2026-04-30T03:04:05.123456789Z" |
        | registered_at | "2026-05-31T03:04:05Z"           |
        | registered_at | "2026-06-30T03:04:05Z"           |
        | registered_at | "2026-07-31T03:04:05Z"           |
        | registered_at | "2026-08-31T03:04:05Z"           |
        | registered_at | "2026-09-30T03:04:05Z"           |
        | registered_at | "2026-10-31T03:04:05Z"           |
        | registered_at | "2026-11-30T03:04:05Z"           |
        | registered_at | "2026-12-31T03:04:05Z"           |

      Examples: what a model may have
        | member       | value                                                           |
        | labels       | {}                                                              |
        | labels       | {"team":"vision","tier":""}                                     |
        | pins         | []                                                              |
        | pins         | [{"reason":"a","since":"b"},{"reason":"c","since":"d"}]         |
        | adopted_from | {"tool":"ollama","path":"/ollama"}                              |
        | bytes        | 0                                                               |
        | bytes        | 9007199254740991                                                |
        | files        | []                                                              |
        | files        | [{"path":"{4096 a}","digest":"<digest>","bytes":0}]       |
        | files        | [{"path":"aC:b/...","digest":"<digest>","bytes":1}]             |
        | files        | [{"path":"a","digest":"<digest>","bytes":1,"identity":"1:2"}]   |

    @CAT-REC-1001
    Scenario Outline: An engine whose <member> is <value> is refused
      When an engine is checked whose <member> is <value>
      Then the record is refused because of its member "<member>"

      Examples:
        | member                  | value      |
        | id                      | (absent)   |
        | id                      | 7          |
        | engine                  | (absent)   |
        | engine                  | ""         |
        | version                 | (absent)   |
        | version                 | 1          |
        | build_ref               | 7          |
        | digest                  | "aa"       |
        | build_flags             | "-O2"      |
        | build_flags             | [1]        |
        | artifacts               | (absent)   |
        | artifacts               | "/opt/a"   |
        | artifacts               | [null]     |
        | binary_path             | ""         |
        | sampler_profile_version | 7          |
        | created_ms              | (absent)   |
        | created_ms              | -1         |
        | created_ms              | 1.5        |
        | created_ms              | "7"        |

    @CAT-REC-1001
    Scenario: An engine without artifacts says where its binary is
      When an engine is checked whose artifacts is []
      Then the record is refused as a whole

    @CAT-REC-1001
    Scenario Outline: <what> is not a record
      When <what> is checked as a record
      Then the record is refused as a whole

      Examples:
        | what      |
        | null      |
        | undefined |
        | a number  |
        | a text    |
        | a list    |

    @CAT-REC-1001
    Scenario: A record cannot bring a revision of its own
      When a model is checked whose revision is 7
      Then the record is refused as a whole

    @CAT-REC-1001 @CAT-IDX-1102
    Scenario: Every member has the same name and value in the index file and after reopening
      Given a model and an engine with every member there is
      When both are stored and the catalog is opened again
      Then both are as they were stored, member for member
      And both have the same members in the index files

    @CAT-REC-1001
    Scenario: What is stored does not follow what its giver does with it later
      Given a model with every member there is
      When it is stored and its giver changes it afterwards
      Then the stored model is as it was when it was stored, and frozen

  Rule: What this version does not know is kept

    @CAT-REC-1002
    Scenario: Unknown members at any depth survive a put, other puts and reopening
      Given a model with unknown members at every depth
      When it is stored, others are put beside it, and the catalog is opened again
      Then its unknown members are as they were, value for value

    @CAT-REC-1002
    Scenario: Whatever JSON holds exactly survives in an unknown member
      Then a record with any value of JSON as an unknown member comes back equal

    @CAT-REC-1002 @CAT-IDX-1117
    Scenario Outline: A record that holds <value> is refused
      When a model is checked that holds <value>
      Then the record is refused as a whole

      Examples:
        | value                                  |
        | NaN                                    |
        | an infinite number                     |
        | an integer of 2^53                     |
        | an integer of -2^53                    |
        | a lone surrogate                       |
        | a lone surrogate in a name             |
        | undefined in a list                    |
        | a hole in a list                       |
        | a function                             |
        | a symbol                               |
        | a bigint                               |
        | a date                                 |
        | a map                                  |
        | an object of a class                   |
        | a member named by a symbol             |
        | a member named __proto__               |
        | a member named constructor             |
        | a member named prototype               |
        | a member named __proto__ deep inside   |
        | itself                                 |
        | 65 levels                              |
        | a million levels                       |

    @CAT-REC-1002 @CAT-IDX-1102
    Scenario Outline: <text> lies in a file <how> it is kept
      Then what is parsed from <text> lies there <how> it is kept, and its one text is <kept>

      Examples:
        | text                            | how    | kept                          |
        | {}                              | as     | {}                            |
        | [1,"a",null,true,{"a":[]}]      | as     | [1,"a",null,true,{"a":[]}]    |
        | {"a":1,"b":{"c":1,"d":2}}       | as     | {"a":1,"b":{"c":1,"d":2}}     |
        | {"b":1,"a":2}                   | not as | {"a":2,"b":1}                 |
        | {"a":1,"c":2,"b":3}             | not as | {"a":1,"b":3,"c":2}           |
        | {"a":{"c":1,"b":2}}             | not as | {"a":{"b":2,"c":1}}           |
        | [{"b":1,"a":2}]                 | not as | [{"a":2,"b":1}]               |
        | [{"a":1},{"b":1,"a":2}]         | not as | [{"a":1},{"a":2,"b":1}]       |
        | {"B":1,"a":2,"é":3}             | as     | {"B":1,"a":2,"é":3}           |

    @CAT-REC-1002 @CAT-IDX-1117
    Scenario Outline: What is parsed from <text> cannot be kept
      Then what is parsed from <text> does not lie there as anything that is kept

      Examples:
        | text                        |
        | "\\ud800"                   |
        | {"a":"\\ud800"}             |
        | {"\\ud800":1}               |
        | -0                          |
        | [9007199254740992]          |
        | {"constructor":1}           |
        | {"a":{"prototype":1}}       |
        | <66 levels>                 |

    @CAT-REC-1002
    Scenario: 64 levels can be kept
      Then what is parsed from <64 levels> lies there as it is kept

    @CAT-REC-1001
    Scenario: What is frozen is frozen at every depth, and what is no object stays as it is
      Then a value with lists and objects at every depth is frozen there, also beside what was frozen before

    @CAT-REC-1002
    Scenario: A member that is undefined is absent
      When a model is checked that holds undefined
      Then the record is that model without the member

  Rule: A model goes from state to state as its life allows

    @CAT-REC-1003
    Scenario Outline: From <from> to <to> is <outcome>
      Given a verified model that is <from>
      When its state becomes <to>
      Then that transition is <outcome>

      Examples:
        | from    | to      | outcome |
        | Pending | Pending | no-op   |
        | Pending | Active  | allowed |
        | Pending | Retired | allowed |
        | Pending | Failed  | allowed |
        | Active  | Pending | refused |
        | Active  | Active  | no-op   |
        | Active  | Retired | allowed |
        | Active  | Failed  | allowed |
        | Retired | Pending | allowed |
        | Retired | Active  | allowed |
        | Retired | Retired | no-op   |
        | Retired | Failed  | refused |
        | Failed  | Pending | allowed |
        | Failed  | Active  | allowed |
        | Failed  | Retired | allowed |
        | Failed  | Failed  | no-op   |

  Rule: Trust is what verification found, whatever the state

    @CAT-REC-1004
    Scenario Outline: A model that is <trust> stays so from <from> to <to>
      Given a model that is <from> and <trust>
      When its state becomes <to>
      Then it is <to> and <trust>

      Examples:
        | from    | to      | trust      |
        | Active  | Retired | verified   |
        | Active  | Retired | warned     |
        | Active  | Failed  | verified   |
        | Pending | Retired | unverified |
        | Failed  | Retired | unverified |
        | Retired | Active  | warned     |
        | Retired | Pending | verified   |

    @CAT-REC-1004 @CAT-REC-1003
    Scenario Outline: <verification> makes a model that was <from> and <before> <to> and <after>
      Given a model with files that is <from> and <before>
      When <verification> is recorded
      Then it is <to> and <after>

      Examples: a failure
        | verification | from    | before   | to      | after      |
        | a failure    | Pending | verified | Failed  | unverified |
        | a failure    | Active  | warned   | Failed  | unverified |
        | a failure    | Active  | verified | Failed  | unverified |
        | a failure    | Failed  | verified | Failed  | unverified |
        | a failure    | Retired | verified | Retired | unverified |

      Examples: nothing was expected
        | verification                      | from    | before     | to      | after    |
        | a check with nothing expected     | Pending | unverified | Active  | warned   |
        | a check with nothing expected     | Active  | warned     | Active  | warned   |
        | a check with nothing expected     | Failed  | unverified | Active  | warned   |
        | a check with nothing expected     | Retired | unverified | Retired | warned   |
        | a check with nothing expected     | Active  | verified   | Active  | verified |

      Examples: what was expected was found
        | verification                      | from    | before     | to      | after    |
        | a pass against a given digest     | Pending | unverified | Active  | verified |
        | a pass against a given digest     | Active  | warned     | Active  | verified |
        | a pass against a given digest     | Failed  | unverified | Active  | verified |
        | a pass against a given digest     | Retired | unverified | Retired | verified |
        | a pass against a declared digest  | Pending | unverified | Active  | verified |
        | a pass against a declared digest  | Retired | warned     | Retired | verified |
        | a pass against a computed digest  | Active  | unverified | Active  | warned   |
        | a pass against a computed digest  | Active  | warned     | Active  | warned   |
        | a pass against a computed digest  | Active  | verified   | Active  | verified |

    @CAT-REC-1004
    Scenario: A model that never had files has not failed when none are found
      Given a model that is Pending and unverified
      When a failure is recorded
      Then it is Pending and unverified

    @CAT-REC-1004
    Scenario: A failure takes back when the model was verified
      Given a model with files that is Active and verified
      When a failure is recorded
      Then it tells when it was last looked at, and no more when it was verified

    @CAT-REC-1004
    Scenario Outline: <verification> tells <that> it was verified
      Given a model with files that is Active and warned
      When <verification> is recorded
      Then it tells when it was last looked at, and <that> it was verified

      Examples:
        | verification                     | that              |
        | a check with nothing expected    | as before when    |
        | a pass against a given digest    | that now          |
        | a pass against a declared digest | that now          |

    @CAT-DIG-1404
    Scenario Outline: Content of <computed>, which <said>, is kept as <kept>
      Then the digest of content of <computed>, which <said>, is kept as <kept>

      Examples:
        | computed | said                                            | kept                      |
        | a        | nobody said anything of                         | computed                  |
        | a        | somebody gives as a                             | declared                  |
        | a        | somebody gives as SHA-512                       | computed, declared SHA-512 |
        | a        | was declared as a, and is given as SHA-512      | declared, declared SHA-512 |
        | a        | was computed as a, and is given as SHA-512      | computed, declared SHA-512 |
        | a        | was declared as b, and is given as SHA-512      | computed, declared SHA-512 |
        | a        | was declared as nothing, and is given as SHA-512 | computed, declared SHA-512 |

  Rule: Active is earned

    @CAT-REC-1005
    Scenario Outline: An unverified model that is <from> does not become Active
      Given a model that is <from> and unverified
      When its state becomes Active
      Then the change is refused with NotVerified

      Examples:
        | from    |
        | Pending |
        | Failed  |
        | Retired |

    @CAT-REC-1005
    Scenario Outline: A model that is <from> and Active unverified by its owner's word is warned about
      Given a model that is <from> and unverified
      When its owner says that it may be Active unverified
      Then it is Active and warned

      Examples:
        | from    |
        | Pending |
        | Failed  |
        | Retired |

    @CAT-REC-1005
    Scenario: The owner's word does not lower trust
      Given a model that is Retired and verified
      When its owner says that it may be Active unverified
      Then it is Active and verified

    @CAT-REC-1005
    Scenario: The owner's word does not open a transition
      Given a model that is Active and unverified
      When it is put again as Pending
      Then the change is refused with InvalidTransition

    @CAT-REC-1005
    Scenario Outline: A put from <from> to <to> is <outcome>
      Given a verified model that is <from>
      When it is put again as <to>
      Then that transition is <outcome>

      Examples:
        | from    | to      | outcome |
        | Pending | Active  | allowed |
        | Active  | Active  | no-op   |
        | Active  | Pending | refused |
        | Retired | Failed  | refused |
        | Retired | Active  | allowed |
        | Failed  | Failed  | no-op   |

    @CAT-REC-1005
    Scenario: A put cannot make an unverified model Active
      Given a model that is Pending and unverified
      When it is put again as Active
      Then the change is refused with NotVerified

    @CAT-REC-1005
    Scenario Outline: A put cannot change the <member> of a stored model
      Given a model with files that is Active and verified
      When it is put again with another <member>
      Then the change is refused with InvalidRecord because of "<member>"
      When it is put again without <member>, where it can be absent
      Then the change is refused with InvalidRecord because of "<member>"

      Examples:
        | member        |
        | trust_state   |
        | verified_at   |
        | digest_source |
        | files         |
        | digest        |

    @CAT-REC-1005
    Scenario Outline: A put can correct the <member> of a model that has no files yet
      Given a model that is Pending and unverified
      When it is put again with its <member> corrected
      Then the put gives what was put

      Examples:
        | member   |
        | digest   |
        | declared |

    @CAT-REC-1005
    Scenario: A put can change what is not earned
      Given a model with files that is Active and verified
      When it is put again with other labels, metadata and name
      Then the put gives what was put

    @CAT-REC-1005
    Scenario Outline: A first record that is <form> is refused with <code>
      When a first record is put that is <form>
      Then the change is refused with <code>

      Examples:
        | form                         | code          |
        | Active and unverified        | NotVerified   |
        | Active without files         | InvalidRecord |
        | Active without a local path  | InvalidRecord |
        | verified without a digest    | InvalidRecord |

    @CAT-REC-1005
    Scenario Outline: A first record that is <form> is taken
      When a first record is put that is <form>
      Then the put gives what was put

      Examples:
        | form                               |
        | Pending                            |
        | Failed                             |
        | Active and warned with its files   |
        | Active and verified with its files |

  Rule: Registering the same twice is registering once

    @CAT-REC-1006
    Scenario: A new id becomes a Pending entry
      When a model is registered for the first time
      Then it is a Pending, unverified entry of what was said and when

    @CAT-REC-1006
    Scenario Outline: Registering again with <what> gives the stored entry
      Given a model that was registered <how>
      When it is registered again with <what>
      Then the stored entry is given

      Examples:
        | how              | what                          |
        | with a digest    | the same source and digest    |
        | without a digest | the same source and no digest |
        | with a digest    | another name                  |
        | and then filled  | the same source and no digest |
        | with a digest and then retired | the same source and digest |
        | with a sha512 digest and then filled | the same source and sha512 digest |

    @CAT-REC-1006
    Scenario Outline: Registering again with <what> is refused
      Given a model that was registered <how>
      When it is registered again with <what>
      Then the change is refused with AlreadyExists, which carries the stored entry

      Examples:
        | how              | what                          |
        | with a digest    | another source                |
        | with a digest    | another digest                |
        | with a digest    | the same source and no digest |
        | without a digest | the same source and digest    |
        | and then filled  | the same source and digest    |

  Rule: Ids that look alike are one id, in every collection of every store

    @CAT-REC-1007
    Scenario Outline: Of two <collection> whose ids collide a <store> catalog takes the first
      Given a <store> catalog
      When <collection> with the ids "Straße/É" and "STRASSE/é" are put
      Then the second is refused with AlreadyExists, which carries the first
      And the <collection> are "Straße/É"

      Examples:
        | store  | collection |
        | memory | models     |
        | journal | models     |
        | memory | engines    |
        | journal | engines    |
        | fs     | models     |
        | fs     | engines    |

    @CAT-REC-1007
    Scenario Outline: An id that was deleted leaves its place to its like in the <collection> of a <store> catalog
      Given a <store> catalog
      When <collection> with the ids "LLaMA" and "b" are put
      And "LLaMA" is deleted and "llama" put among the <collection>
      Then the <collection> are "b, llama"

      Examples:
        | store  | collection |
        | memory | models     |
        | journal | models     |
        | memory | engines    |
        | journal | engines    |
        | fs     | models     |
        | fs     | engines    |

    @CAT-REC-1007 @CAT-IDX-1110
    Scenario Outline: Of colliding ids that are put at the same time a <store> catalog takes one
      Given a <store> catalog
      When 16 spellings of one id are put at the same time
      Then one of them is taken and 15 are refused with AlreadyExists

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

    @CAT-REC-1007
    Scenario Outline: Models and engines do not take ids from each other in a <store> catalog
      Given a <store> catalog
      When models with the ids "a" are put
      And engines with the ids "A" are put
      Then the models are "a"
      And the engines are "A"

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

  Rule: Records are found by id and listed in a stable order

    @CAT-REC-1008
    Scenario Outline: The <collection> of a <store> catalog are in the order of the UTF-8 bytes of their ids
      Given a <store> catalog
      When <collection> with the ids "😀, z, ﹏, é, ab, a/b, a-b, B, a, 𐀀, 힣" are put
      Then the <collection> are "B, a, a-b, a/b, ab, z, é, 힣, ﹏, 𐀀, 😀"

      Examples:
        | store  | collection |
        | memory | models     |
        | journal | models     |
        | memory | engines    |
        | journal | engines    |
        | fs     | models     |
        | fs     | engines    |

    @CAT-REC-1008
    Scenario Outline: A missing id of a <store> catalog gives undefined, whatever it is
      Given a <store> catalog
      Then each of "a", "../a", "" and "\ud800" is undefined in both collections
      When models with the ids "b" are put
      Then each of "a", "../a", "" and "\ud800" is undefined in both collections

      Examples:
        | store  |
        | memory |
        | journal |
        | fs     |

  Rule: The rules are functions of their arguments alone

    @CAT-REC-1009
    Scenario: The same arguments give the same decision
      Then every rule decides alike twice about any frozen records, without a clock and without chance

    @CAT-REC-1009
    Scenario: Deciding changes no argument
      Then any mutations of a generation leave that generation and its records as they were
