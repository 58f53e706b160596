@slow
Feature: What somebody else wrote brings nothing down

  Files of a root, stores of other tools, headers of models, answers of servers, references and ids may have been written by anybody. A fuzzer
  gives every reader of them inputs that were valid and were changed: bytes, numbers, members, names and pieces, mostly with checksums that
  are right all the same. `npm run fuzz` does so by itself, and each finding names the command that brings it about again.

  @CAT-SEC-6003
  Rule: Whatever is read is taken or refused by a typed error, soon, in little memory, and no prototype changes

    Scenario: Some thousand hostile inputs for all readers
      When all readers are given 6,000 hostile inputs of the seed "quick"
      Then none of them is a finding
      And every reader took some, and refused some where there is anything that it refuses

    @full
    Scenario: A million hostile inputs for all readers
      When all readers are given 1,000,000 hostile inputs of the seed "full"
      Then none of them is a finding
      And every reader took some, and refused some where there is anything that it refuses

    Scenario: The same seed gives the same inputs
      Then the inputs 0 to 20 of every reader are the same in another process

  @CAT-SEC-6003
  Rule: A reader that breaks the promise is found out, and the input is named

    Scenario Outline: A reader that <breaks> is found out
      When a planted reader that <breaks> is given 150 hostile inputs
      Then inputs of it are findings: <finding>
      And the first of them is found again by its number alone

      Examples:
        | breaks                 | finding                                        |
        | throws a TypeError     | fault, TypeError: Cannot read properties of    |
        | hides a RangeError     | fault, CatalogError: could not read            |
        | never ends             | hang, takes more than 1000 ms of the processor |
        | never answers          | hang, never answers                            |
        | takes 1 GiB            | growth, took                                   |
        | fills the heap         | death, ended its                               |
        | writes to every object | prototype, changed Object.prototype.polluted   |

  @CAT-SEC-6003
  Rule: No reader is left out

    Scenario: Every place that takes bytes or texts apart is reached by an input
      Then every place in the sources that takes bytes or texts apart is reached by an input, but those that read what is our own:
        | source                                 | what it reads                                     |
        | packages/provisioner/src/connections.ts | an address that was just made                    |
        | src/artifacts/hashing-pool.ts          | the place of a module of ours                     |
        | src/cli/cells.ts                       | a pattern that stands there                       |
        | src/cli/wrapping.ts                    | patterns that stand there                         |
        | src/conformance/actors/actors.ts       | what our own processes tell                       |
        | src/conformance/actors/main.ts         | what our own processes are told                   |
        | src/conformance/cases/records.ts       | a text that stands there                          |
        | src/conformance/drawing.ts             | random bytes                                      |
        | src/conformance/expecting.ts           | what was just said in JSON                        |
        | src/conformance/load.ts                | the place of a module of ours                     |
        | src/journal/event-index.ts             | the digits of a table                             |
        | src/platform/try-out.ts                | names that stand there                            |
        | src/stores/etcd/gateway.ts             | bytes of a stream, whose lines others take apart  |
        | src/stores/fs/repair.ts                | names of our own files                            |
        | src/stores/postgres/schema.ts          | a hash that was just computed                     |
        | src/trace/obligations.ts               | words that stand there                            |
        | src/trace/pages/page-script.ts         | our own page, in a browser                        |
        | src/trace/pages/requirement-section.ts | words that stand there                            |

  @CAT-SEC-6003
  Rule: What was found stays mended

    Scenario Outline: What comes of <input> is "<outcome>"
      When the library reads <input>
      Then what comes of it is <outcome>

      Examples: files of a root and of other tools
        | input                                          | outcome     |
        | an origin of a fleet that says null            | damaged     |
        | an origin of a fleet that is no JSON           | damaged     |
        | an origin of a fleet whose node is a number    | damaged     |
        | a lease that says null                         | damaged     |
        | a claim that says null                         | none        |
        | metadata whose warnings are a number           | shown       |
        | a record with a member called toString         | shown       |
        | a pin whose reason has 120,000 wide characters | shown       |
        | a folder of LM Studio that is no absolute path | passed over |

      Examples: files of a journal
        | input                                                     | outcome             |
        | a state of a projection that is no JSON                   | damaged             |
        | a place of a consumer beyond 2^53                         | damaged             |
        | a cancelled range beyond 2^53                             | damaged             |
        | a checkpoint in which an event follows itself             | damaged             |
        | a checkpoint in which an event has 2 GiB                  | damaged             |
        | an event whose payload is no JSON                         | CorruptSegment      |
        | an event whose gates are no list of what they said        | CorruptSegment      |
        | an event of a record that says null                       | IndexCorrupt        |
        | an event of a record that nobody changed                  | IndexCorrupt        |
        | an entity that no id is encoded as                        | no id               |
        | an entity that has 2^32 - 1 events                        | EntryTooLarge       |
        | a frame that says that it has 2^32 - 1 events             | 1 saved in 2 frames |
        | a frame 2^50 sequences behind those before it             | 0 saved in 0 frames |
        | a megabyte in which a frame seems to begin at every place | damaged             |
        | a receipt that says null                                  | ReceiptInvalid      |
        | a receipt whose hash is an object                         | ReceiptInvalid      |

      Examples: answers of servers and of other programs
        | input                                              | outcome      |
        | a lease in an etcd that says null                  | IndexCorrupt |
        | an event in an etcd that nobody made               | IndexCorrupt |
        | an answer of an etcd with a number for a list      | IoError      |
        | an answer of an etcd with a key that is an object  | IoError      |
        | an address of an etcd with 60,000 slashes          | read         |
        | a row of a PostgreSQL that nobody wrote            | IndexCorrupt |
        | a row of a PostgreSQL of another collection        | IndexCorrupt |
        | a row of a PostgreSQL with a time that is none     | IndexCorrupt |
        | an answer in JSON lines whose message is an object | Busy         |

      Examples: what the provisioner reads
        | input                                                        | outcome       |
        | what a download is of, which says null                       | unknown       |
        | an engine that was prepared with an object for its artifacts | prepared anew |
        | an address without a host, and a password in it              | a x: URL      |

      Examples: what is traced and replayed
        | input                                               | outcome         |
        | a pattern of files with a brace that does not close | InvalidArgument |
        | a pattern of files with forty stars                 | not named       |
        | a specification with 60,000 commas                  | read            |
        | coverage with an object for a piece                 | none            |
        | a schedule of 10^15 steps                           | SyntaxError     |
