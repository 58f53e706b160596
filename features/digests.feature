Feature: Digests

  A digest names content. It has one form, so that two texts are the same digest exactly when they are equal. Here {64 a} stands
  for 64 times "a".

  Rule: A digest has one form, and what other tools print is accepted for it

    @CAT-DIG-1401
    Scenario Outline: <input> is the digest <digest>
      When <input> is read as a digest
      Then it is the digest <digest>

      Examples:
        | input                                 | digest           |
        | "sha256:{64 a}"                       | sha256:{64 a}    |
        | "sha256:{63 0}9"                      | sha256:{63 0}9   |
        | "sha512:{128 b}"                      | sha512:{128 b}   |
        | "blake3:{64 c}"                       | blake3:{64 c}    |
        | "{64 d}"                              | sha256:{64 d}    |
        | "{63 D}E"                             | sha256:{63 d}e   |
        | {"algo":"sha256","value":"{64 a}"}    | sha256:{64 a}    |
        | {"algo":"sha512","value":"{128 b}"}   | sha512:{128 b}   |
        | {"algo":"blake3","value":"{64 c}"}    | blake3:{64 c}    |

    @CAT-DIG-1401
    Scenario Outline: <input> is no digest
      When <input> is read as a digest
      Then no digest is read

      Examples: length
        | input              |
        | ""                 |
        | "sha256:"          |
        | "sha256:{63 a}"    |
        | "sha256:{65 a}"    |
        | "sha512:{64 a}"    |
        | "blake3:{128 a}"   |
        | "{63 a}"           |
        | "{128 a}"          |
        | "{9000000 a}"      |

      Examples: characters
        | input                |
        | "sha256:{64 A}"      |
        | "sha256:{64 g}"      |
        | "{63 a}g"            |
        | "SHA256:{64 a}"      |
        | " sha256:{64 a}"     |
        | "sha256:{64 a}\\n"   |
        | "sha256: {63 a}"     |
        | "sha256-{64 a}"      |
        | "sha256:{31 a}:{32 a}" |
        | "sha256:sha256:{64 a}" |
        | "sha256:{64 ａ}"      |
        | "sha256:{63 a}\\n"   |

      Examples: algorithm
        | input              |
        | "md5:{32 a}"       |
        | "sha1:{40 a}"      |
        | ":{64 a}"          |
        | "toString:{64 a}"  |
        | "__proto__:{64 a}" |

      Examples: kind
        | input                                   |
        | null                                    |
        | 7                                       |
        | []                                      |
        | {}                                      |
        | {"algo":"sha256"}                       |
        | {"algo":"sha256","value":7}             |
        | {"algo":"sha256","value":"{64 A}"}      |
        | {"algo":"SHA256","value":"{64 a}"}      |
        | {"algo":"sha256","value":"sha256:{64 a}"} |
        | {"algo":"md5","value":"{32 a}"}         |

    @CAT-DIG-1401
    Scenario Outline: What is told of <input> is that <reason>
      When <input> is read as a digest
      Then no digest is read, because "<reason>"

      Examples:
        | input            | reason                                                               |
        | "md5:{32 a}"     | a digest starts with sha256:, sha512: or blake3:, not with "md5"     |
        | "{140 m}:a"      | a digest starts with sha256:, sha512: or blake3:, not with "{140 m}" |
        | "{141 m}:a"      | a digest starts with sha256:, sha512: or blake3:, not with 141 characters |
        | "sha512:aa"      | a sha512 digest has 128 lower-case hex digits, not "aa"              |
        | 7                | a digest is text, or { algo, value }                                 |

    @CAT-DIG-1401
    Scenario Outline: The digest <digest> is of <algorithm>, and its digits are <digits>
      Then "<digest>" is of <algorithm> with the digits "<digits>"

      Examples:
        | digest           | algorithm | digits   |
        | sha256:{64 a}    | sha256    | {64 a}   |
        | sha512:{128 b}   | sha512    | {128 b}  |
        | blake3:{64 c}    | blake3    | {64 c}   |

    @CAT-DIG-1401
    Scenario: Only the one form is a digest in a record
      Then no text but the one form of a digest counts as one

  Rule: Two digests are the same when every character is

    @CAT-DIG-1401
    Scenario: Digests that differ at any one place are different
      Then two digests are the same exactly when their texts are

  Rule: The digest of many files says which files they are, and not in which order they were listed

    @CAT-BLB-2106
    Scenario: The digest of many files is that of a list of their digests, sizes and paths
      Given a model of these files:
        | path        | digest         | bytes |
        | b.gguf      | sha256:{64 b}  | 2     |
        | a.gguf      | sha256:{64 a}  | 1     |
      Then the digest of that model is "sha256:3686b9c2fb660386bd8b5da6739dd9ade1d9941856c45d1b5d50e341b543a902"

    @CAT-BLB-2106
    Scenario: The files are in the order of the UTF-8 bytes of their paths
      Given a model of these files:
        | path  | digest         | bytes |
        | 😀    | sha256:{64 1}  | 1     |
        | ｚ    | sha256:{64 2}  | 2     |
        | a/b   | sha256:{64 3}  | 3     |
        | a-b   | sha256:{64 4}  | 4     |
        | B     | sha256:{64 5}  | 5     |
      Then the digest of that model lists "B", "a-b", "a/b", "ｚ", "😀" in this order
      And the digest of that model is the same in any order of its files

    @CAT-BLB-2106
    Scenario Outline: A model with <change> has another digest
      Given a model of these files:
        | path        | digest         | bytes |
        | a.gguf      | sha256:{64 a}  | 1     |
        | b.gguf      | sha256:{64 b}  | 2     |
      Then with <change> it has another digest

      Examples:
        | change             |
        | another path       |
        | another size       |
        | another digest     |
        | one file less      |
