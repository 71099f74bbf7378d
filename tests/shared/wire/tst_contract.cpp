// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/proto/chat.pb.h"
#include "shared/proto/ops.pb.h"
#include "shared/wire/frame_rules.h"
#include "shared/wire/json_codec.h"
#include "shared/wire/json_writer.h"
#include "shared/wire/ops_messages.h"
#include "shared/wire/protobuf_codec.h"
#include "shared/wire/protobuf_reader.h"
#include "shared/wire/protobuf_writer.h"
#include "tests/shared/wire/random_message.h"

#include <QFile>
#include <QTest>

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <set>

using namespace orchestra;
using namespace orchestra::wire;

namespace {

namespace pb = google::protobuf;

/// shared/proto as protoc read it, with its comments (which the generated classes have lost).
class Schema
{
public:
    Schema()
    {
        QFile file(QStringLiteral(ORCHESTRA_SCHEMA));
        pb::FileDescriptorSet set;
        if (!file.open(QIODevice::ReadOnly) || !set.ParseFromString(file.readAll().toStdString()))
            qFatal("%s cannot be read", ORCHESTRA_SCHEMA);
        for (const pb::FileDescriptorProto &one : set.file())
            pool_.BuildFile(one);
    }

    const pb::Descriptor *message(const std::string &name) const { return pool_.FindMessageTypeByName(name); }

private:
    pb::DescriptorPool pool_;
};

pb::FieldDescriptor::Type protoType(Kind kind)
{
    switch (kind) {
    case Kind::Text:
    case Kind::Json:
    case Kind::Uuid:
        return pb::FieldDescriptor::TYPE_STRING;
    case Kind::Bool:
        return pb::FieldDescriptor::TYPE_BOOL;
    case Kind::Unsigned:
        return pb::FieldDescriptor::TYPE_UINT64;
    case Kind::Real:
        return pb::FieldDescriptor::TYPE_DOUBLE;
    case Kind::Time:
        return pb::FieldDescriptor::TYPE_INT64;
    case Kind::Enumeration:
        return pb::FieldDescriptor::TYPE_ENUM;
    case Kind::Message:
    case Kind::TextMap:
        return pb::FieldDescriptor::TYPE_MESSAGE;
    }
    return pb::FieldDescriptor::TYPE_BYTES;
}

std::string upperAscii(std::string text)
{
    for (char &c : text)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

/// Collects what differs between a struct's field list and the schema's message, and everything below it.
class Comparison
{
public:
    void compare(const MessageType &type, const pb::Descriptor *message, int trailer = 0)
    {
        if (!seen_.insert(message->full_name()).second)
            return;
        int fields = trailer > 0 ? 1 : 0;
        for (const MemberType &member : type.members) {
            ++fields;
            const pb::FieldDescriptor *field = message->FindFieldByName(std::string(member.name));
            if (check(field, message->full_name() + "." + std::string(member.name) + " is in the struct only"))
                compareMember(member, field);
        }
        if (type.choice)
            fields += compareChoice(*type.choice, message);
        check(fields == message->field_count(), message->full_name() + " has fields that the struct has not");
    }

    const std::set<std::string> &messages() const { return seen_; }
    const std::vector<std::string> &differences() const { return differences_; }

private:
    bool check(bool same, const std::string &difference)
    {
        if (!same)
            differences_.push_back(difference);
        return same;
    }

    void compareMember(const MemberType &member, const pb::FieldDescriptor *field)
    {
        const std::string where = field->full_name() + ": ";
        check(field->number() == member.number, where + "another number");
        check(field->type() == protoType(member.kind), where + "another type");
        check(field->is_map() == (member.kind == Kind::TextMap), where + "a map on one side only");
        check(field->is_repeated() == (member.presence == Presence::Repeated), where + "a list on one side only");
        check(field->is_repeated() || field->has_presence(), where + "no explicit presence");
        pb::SourceLocation location;
        const bool required =
            field->GetSourceLocation(&location) && location.trailing_comments.substr(0, 9) == " required";
        check(required == (member.presence == Presence::Required), where + "the comment is wrong about required");
        if (member.kind == Kind::Message)
            compare(*member.message, field->message_type());
        if (member.kind == Kind::Enumeration)
            compareNames(member, field->enum_type());
    }

    void compareNames(const MemberType &member, const pb::EnumDescriptor *type)
    {
        check(type->value_count() == static_cast<int>(member.names.size()) + 1, type->full_name() + ": another length");
        const std::string unspecified = type->value(0)->name();
        const std::string prefix = unspecified.substr(0, unspecified.find("UNSPECIFIED"));
        for (int i = 1; i < type->value_count(); ++i) {
            const auto ordinal = static_cast<std::size_t>(i) - 1;
            check(type->value(i)->number() == i && ordinal < member.names.size() &&
                      type->value(i)->name() == prefix + upperAscii(std::string(member.names[ordinal])),
                  type->value(i)->full_name() + ": another name or number");
        }
    }

    int compareChoice(const ChoiceType &choice, const pb::Descriptor *message)
    {
        const std::string where = message->full_name() + ": ";
        for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
            const pb::FieldDescriptor *field = message->FindFieldByNumber(choice.firstNumber + static_cast<int>(i));
            const std::string name(choice.alternatives[i].type);
            if (check(field && field->real_containing_oneof() && field->name() == name,
                      where + "no alternative " + name))
                compare(*choice.alternatives[i].message, field->message_type());
        }
        return static_cast<int>(choice.alternatives.size());
    }

    std::set<std::string> seen_;
    std::vector<std::string> differences_;
};

std::string serialised(const pb::Message &message)
{
    std::string bytes;
    {
        pb::io::StringOutputStream stream(&bytes);
        pb::io::CodedOutputStream out(&stream);
        out.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&out);
    }
    return bytes;
}

std::uint64_t seed()
{
    bool given = false;
    const qulonglong fromEnvironment = qEnvironmentVariable("ORCHESTRA_SEED").toULongLong(&given);
    return given ? fromEnvironment : 0x0c4e57a2U;
}

} // namespace

class TstContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qInfo("seed %llu (ORCHESTRA_SEED)", static_cast<unsigned long long>(seed())); }
    void chatSchemaAndStructsAreTheSame();
    void opsSchemaAndStructsAreTheSame();
    void serverFramesAreEqualInBothEncodings();
    void clientFramesAreEqualInBothEncodings();
    void generatedClassesAndWeWriteTheSameBytes();
    void opsFramesAreEqualInBothEncodings();

private:
    template <class Struct, class Generated>
    void exchangeWithGenerated(int count, const pb::Descriptor *expected);

    JsonReader reader_{kServerFrameDepth};
};

void TstContract::chatSchemaAndStructsAreTheSame()
{
    Schema schema;
    Comparison comparison;
    comparison.compare(kMessageType<ServerFrame>, schema.message("orchestra.v2.Envelope"), kSequenceNumber);
    comparison.compare(kMessageType<ClientEnvelope>, schema.message("orchestra.v2.ClientEnvelope"));
    for (const std::string &difference : comparison.differences())
        qWarning("%s", difference.c_str());
    QVERIFY(comparison.differences().empty());
    const auto *file = schema.message("orchestra.v2.Envelope")->file();
    QCOMPARE(static_cast<int>(comparison.messages().size()), file->message_type_count());
}

void TstContract::opsSchemaAndStructsAreTheSame()
{
    Schema schema;
    Comparison comparison;
    comparison.compare(kMessageType<OpsServerEnvelope>, schema.message("orchestra.ops.v1.OpsServerEnvelope"),
                       kSequenceNumber);
    comparison.compare(kMessageType<OpsClientEnvelope>, schema.message("orchestra.ops.v1.OpsClientEnvelope"));
    for (const std::string &difference : comparison.differences())
        qWarning("%s", difference.c_str());
    QVERIFY(comparison.differences().empty());
    const auto *file = schema.message("orchestra.ops.v1.OpsServerEnvelope")->file();
    int ours = 0;
    for (const std::string &name : comparison.messages())
        ours += name.rfind("orchestra.ops.", 0) == 0 ? 1 : 0;
    QCOMPARE(ours, file->message_type_count());
}

void TstContract::serverFramesAreEqualInBothEncodings()
{
    SeededRandom random(seed());
    std::set<std::size_t> bodies;
    for (std::uint64_t i = 0; i < 12000; ++i) {
        const auto frame = randomMessage<ServerFrame>(random);
        bodies.insert(frame.body.index());
        std::string bytes;
        encodeServerProtobuf(frame, bytes);
        appendSequenceProtobuf(i, bytes);
        const auto fromBytes = decodeServerProtobuf(reader_, bytes);
        QVERIFY2(fromBytes, fromBytes ? "" : (fromBytes.error().pointer + fromBytes.error().message).c_str());
        QVERIFY(fromBytes->frame == frame && fromBytes->sequence == i);

        std::string json;
        encodeServerJson(fromBytes->frame, json);
        appendSequenceJson(fromBytes->sequence, json);
        const auto fromJson = decodeServerJson(reader_, json);
        QVERIFY2(fromJson, json.c_str());
        QVERIFY2(fromJson->frame == frame && fromJson->sequence == i, json.c_str());

        std::string again;
        encodeServerProtobuf(fromJson->frame, again);
        appendSequenceProtobuf(fromJson->sequence, again);
        QVERIFY(again == bytes);
    }
    QCOMPARE(bodies.size(), std::variant_size_v<ServerBody>);
}

void TstContract::clientFramesAreEqualInBothEncodings()
{
    SeededRandom random(seed() + 1);
    JsonReader strict;
    std::set<std::size_t> bodies;
    for (int i = 0; i < 10000; ++i) {
        const auto frame = randomMessage<ClientEnvelope>(random).body;
        bodies.insert(frame.index());
        std::string bytes;
        encodeClientProtobuf(frame, bytes);
        const auto fromBytes = decodeClientProtobuf(strict, bytes);
        QVERIFY(std::holds_alternative<ClientFrame>(fromBytes));
        QVERIFY(std::get<ClientFrame>(fromBytes) == frame);
        std::string json;
        encodeClientJson(frame, json);
        const auto fromJson = decodeClientJson(strict, json);
        QVERIFY2(std::holds_alternative<ClientFrame>(fromJson), json.c_str());
        QVERIFY2(std::get<ClientFrame>(fromJson) == frame, json.c_str());
    }
    QCOMPARE(bodies.size(), std::variant_size_v<ClientFrame>);
}

template <class Struct, class Generated>
void TstContract::exchangeWithGenerated(int count, const pb::Descriptor *expected)
{
    QCOMPARE(Generated::descriptor()->full_name(), expected->full_name());
    SeededRandom random(seed() + 2);
    ProtobufReader reader(reader_);
    for (int i = 0; i < count; ++i) {
        const auto message = randomMessage<Struct>(random);
        std::string bytes;
        writeProtobuf(message, bytes);
        Generated generated;
        QVERIFY(generated.ParseFromString(bytes));
        QVERIFY(generated.GetReflection()->GetUnknownFields(generated).empty());
        const std::string theirs = serialised(generated);
        QVERIFY2(theirs == bytes, generated.ShortDebugString().c_str());
        const auto back = reader.read<Struct>(theirs);
        QVERIFY(back && *back == message);
    }
}

void TstContract::generatedClassesAndWeWriteTheSameBytes()
{
    exchangeWithGenerated<ServerFrame, v2::Envelope>(4000, v2::Envelope::descriptor());
    exchangeWithGenerated<ClientEnvelope, v2::ClientEnvelope>(3000, v2::ClientEnvelope::descriptor());
    exchangeWithGenerated<OpsServerEnvelope, ops::v1::OpsServerEnvelope>(1000,
                                                                         ops::v1::OpsServerEnvelope::descriptor());
    exchangeWithGenerated<OpsClientEnvelope, ops::v1::OpsClientEnvelope>(2000,
                                                                         ops::v1::OpsClientEnvelope::descriptor());
}

void TstContract::opsFramesAreEqualInBothEncodings()
{
    // Ops frames travel as protobuf; their rows are JSON in the admin API, so the whole must survive both.
    SeededRandom random(seed() + 3);
    ProtobufReader protobuf(reader_);
    for (int i = 0; i < 3000; ++i) {
        const auto frame = randomMessage<OpsServerEnvelope>(random);
        std::string bytes;
        writeProtobuf(frame, bytes);
        const auto fromBytes = protobuf.read<OpsServerEnvelope>(bytes);
        QVERIFY(fromBytes && *fromBytes == frame);
        const auto fromJson = reader_.read<OpsServerEnvelope>(toJson(*fromBytes));
        QVERIFY(fromJson && *fromJson == frame);
        const auto action = randomMessage<OpsAction>(random);
        const auto actionFromJson = reader_.read<OpsAction>(toJson(action));
        QVERIFY(actionFromJson && *actionFromJson == action);
    }
}

QTEST_GUILESS_MAIN(TstContract)
#include "tst_contract.moc"
