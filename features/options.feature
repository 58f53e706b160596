Feature: Options

  An option that nobody heeds is a mistake of the caller. It is refused by name before anything is done: a misspelt word must not
  remove what it was to spare.

  @CAT-IDX-1101
  Rule: A method refuses an option that it does not know, and does nothing

    Scenario Outline: <method> refuses <options>
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When <method> is called with <options>
      Then it is refused: there is no option "<unknown>", and "<meant>" may be meant
      And the entry "m" is as it was

      Examples:
        | method         | options                                            | unknown       | meant           |
        | register       | {"id":"n","source":"x","lables":{}}                | lables        | labels          |
        | add            | {"id":"n","replce":true}                           | replce        | replace         |
        | addWithReport  | {"id":"n","Labels":{}}                             | Labels        | labels          |
        | list           | {"sate":"Active"}                                  | sate          | state           |
        | modelPath      | {"touhc":true}                                     | touhc         | touch           |
        | setState       | {"allowUnverfied":true}                            | allowUnverfied | allowUnverified |
        | verify         | {"quik":true}                                      | quik          | quick           |
        | verifyAll      | {"Quick":true}                                     | Quick         | quick           |
        | evict          | {"dryrun":true,"force":true}                       | dryrun        | dryRun          |
        | gc             | {"dryrun":true,"maxBytes":0,"keepActive":false,"graceMs":0} | dryrun | dryRun         |
        | lease          | {"holder":"a","ttlMs":1000,"ttlS":1}               | ttlS          | ttlMs           |
        | adopt          | {"path":"/nowhere","dry_run":true}                 | dry_run       | dryRun          |
        | dedupe         | {"dryrun":true}                                    | dryrun        | dryRun          |
        | watch          | {"affter":0}                                       | affter        | after           |
        | sync           | {"form":"postgres://x"}                            | form          | from            |
        | follow         | {"anounce":false}                                  | anounce       | announce        |
        | doctor         | {"trydisk":false}                                  | trydisk       | tryDisk         |
        | repair         | {"breaklock":true}                                 | breaklock     | breakLock       |
        | openCatalog    | {"readonly":true}                                  | readonly      | readOnly        |
        | engines.put    | {"ifrevision":"absent"}                            | ifrevision    | ifRevision      |
        | engines.delete | {"ifRevison":1}                                    | ifRevison     | ifRevision      |
        | engines.find   | {"verson":"1"}                                     | verson        | version         |
        | engines.watch  | {"signl":0}                                        | signl         | signal          |

    @CAT-OBS-6103
    Scenario Outline: What <method> is asked for that is <what> is no id, by the promise
      Given a catalog over the fs store
      When <method> is asked for <what>
      Then the catalog refuses it with InvalidId

      Examples:
        | method      | what      |
        | get         | null      |
        | get         | a number  |
        | exists      | nothing   |
        | locate      | null      |
        | modelPath   | a number  |
        | setState    | null      |
        | verify      | null      |
        | probe       | nothing   |
        | delete      | null      |
        | evict       | an object |
        | why         | null      |
        | pin         | a number  |
        | unpin       | null      |
        | lease       | null      |
        | leases      | a number  |
        | correlate   | null      |
        | where       | null      |

    Scenario Outline: Options that are <options> are refused
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When evict is called with <options>
      Then the catalog refuses it with InvalidArgument
      And the entry "m" is as it was

      Examples:
        | options    |
        | null       |
        | true       |
        | "dry run"  |
        | ["dryRun"] |

    Scenario Outline: Options of <method> that are null are refused, by the promise
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When <method> is called with null
      Then the catalog refuses it with InvalidArgument
      And the entry "m" is as it was

      Examples:
        | method         |
        | register       |
        | add            |
        | addWithReport  |
        | list           |
        | modelPath      |
        | setState       |
        | verify         |
        | verifyAll      |
        | evict          |
        | gc             |
        | lease          |
        | adopt          |
        | dedupe         |
        | watch          |
        | sync           |
        | follow         |
        | doctor         |
        | repair         |
        | openCatalog    |
        | engines.put    |
        | engines.delete |
        | engines.find   |
        | engines.watch  |

    Scenario Outline: <method> without the options that it needs is refused
      Given a catalog over the fs store
      And a source "a.gguf" of "some weights"
      And a model "m" that was added from "a.gguf"
      When <method> is called without options
      Then the catalog refuses it with InvalidArgument
      And the entry "m" is as it was

      Examples:
        | method       |
        | register     |
        | lease        |
        | engines.find |

    Scenario: A name that no option is near to is told alone
      Given a catalog over the fs store
      When gc is called with {"everything":true,"toString":1}
      Then it is refused: there are no options "everything", "toString", and none is near to them
